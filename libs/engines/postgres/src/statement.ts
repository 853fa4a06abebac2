import { Problem } from '@tenantry/contracts'
import type { QueryLimits, QueryParameter } from '@tenantry/engines-contract'
import type pg from 'pg'
import { rejected } from './problems.js'
import { type Column, type Spell, spellOf } from './types.js'

export interface Rows {
  readonly columns: readonly Column[]
  readonly data: Buffer
  readonly rows: number
}

interface Described {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number; readonly dataTypeModifier: number }[]
}

const partBytes = 256 * 1024

const bound = (value: QueryParameter): string | null => value === null ? null : String(value)

/**
 * One statement on its way through the extended protocol, which takes no second one: rows become JSON as they come, and no more is
 * held than the answer may have. A reader's stands between the begin and the end of a read-only transaction, all sent at once. A
 * writer's is committed only when its answer is whole and within its limits: what grows too large takes its changes with it.
 */
export class Statement implements pg.Submittable {
  private columns: readonly Column[] = []
  private spells: readonly Spell[] = []
  private readonly parts: Buffer[] = []
  private part = '['
  private bytes = 0
  private rows = 0
  private commands = 0
  private changed = 0
  private connection: pg.Connection | undefined
  private failure: unknown
  private readonly settled = Promise.withResolvers<Rows>()

  constructor(private readonly text: string, private readonly params: readonly QueryParameter[], private readonly limits: QueryLimits, private readonly readOnly: boolean) {}

  get done(): Promise<Rows> {
    return this.settled.promise
  }

  submit(connection: pg.Connection): void {
    this.connection = connection
    connection.stream.cork()
    if (this.readOnly) send(connection, 'BEGIN TRANSACTION READ ONLY', [])
    send(connection, this.text, this.params.map(bound))
    if (this.readOnly) send(connection, 'COMMIT', [])
    if (this.readOnly) connection.sync()
    else connection.flush()
    connection.stream.uncork()
  }

  handleRowDescription({ fields }: Described): void {
    this.columns = fields.map(({ name, dataTypeID, dataTypeModifier }) => ({ name, oid: dataTypeID, modifier: dataTypeModifier }))
    this.spells = this.columns.map(spellOf)
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    if (this.failure !== undefined) return
    const { spells } = this
    this.rows += 1
    if (this.rows > this.limits.answerRows) return this.giveUp(`The answer has more than ${this.limits.answerRows} rows; ask for fewer with LIMIT.`)
    let row = this.rows > 1 ? ',[' : '['
    for (let at = 0; at < fields.length; at += 1) {
      const value = fields[at] ?? null
      const spelled = value === null ? 'null' : spells[at]?.(value) ?? 'null'
      row += at > 0 ? `,${spelled}` : spelled
    }
    this.part += `${row}]`
    if (this.bytes + this.part.length > this.limits.answerBytes) return this.tooLong()
    if (this.part.length > partBytes) this.keep('')
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.commands += 1
    if (this.readOnly && this.commands !== 2) return
    const [, count] = /^(?:INSERT \d+|UPDATE|DELETE|MERGE|COPY) (\d+)$/.exec(text) ?? []
    this.changed = Number(count ?? 0)
    // What has grown too large has lost its session by now, and with it what it would have changed.
    if (!this.readOnly && (this.isWithin() || this.connection?.stream.destroyed === false)) this.connection?.sync()
  }

  handleEmptyQuery(): void {
    this.failure ??= rejected('The statement is empty.')
    if (!this.readOnly) this.connection?.sync()
  }

  handlePortalSuspended(): void {
    throw new Error('No statement is run in parts.')
  }

  /** Rows to copy come with no request: the server is told that there are none, and answers that with a fault. */
  handleCopyInResponse(connection: pg.Connection & { sendCopyFail?(message: string): void }): void {
    this.failure ??= rejected('COPY FROM STDIN has no rows to read here; use INSERT.')
    connection.sendCopyFail?.('no rows')
  }

  handleCopyData(): void {
    this.failure ??= rejected('COPY TO STDOUT is not answered here; use SELECT.')
  }

  handleError(error: unknown, connection: pg.Connection): void {
    // After a fault the server reads on from the next sync only.
    if (!this.readOnly && !connection.stream.destroyed) connection.sync()
    this.settled.reject(this.failure ?? error)
  }

  handleReadyForQuery(): void {
    if (this.failure === undefined && this.isWithin()) {
      this.keep(']')
      this.settled.resolve({ columns: this.columns, data: Buffer.concat(this.parts), rows: this.columns.length > 0 ? this.rows : this.changed })
    } else this.settled.reject(this.failure)
  }

  private keep(last: string): void {
    const part = Buffer.from(this.part + last)
    this.parts.push(part)
    this.bytes += part.length
    this.part = ''
  }

  /** Looked at in bytes once all is there: until then characters stood for them. */
  private isWithin(): boolean {
    this.keep('')
    if (this.failure === undefined && this.bytes + 1 > this.limits.answerBytes) this.tooLong()
    return this.failure === undefined
  }

  private tooLong(): void {
    this.giveUp(`The answer is longer than ${this.limits.answerBytes} bytes; ask for fewer rows or columns.`)
  }

  /** Nothing was committed yet, or there was nothing to commit; with the session the rest of the rows ends. */
  private giveUp(message: string): void {
    this.failure = new Problem('AnswerTooLarge', message)
    this.parts.length = 0
    this.part = ''
    this.settled.reject(this.failure)
    this.connection?.stream.destroy()
  }
}

const send = (connection: pg.Connection, text: string, values: (string | null)[]): void => {
  connection.parse({ text, name: '', types: [] }, true)
  connection.bind({ portal: '', statement: '', values }, true)
  connection.describe({ type: 'P', name: '' }, true)
  connection.execute({ portal: '' }, true)
}
