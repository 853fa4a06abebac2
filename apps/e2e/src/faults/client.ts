import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Answer, Api, Ask } from '../story/api.js'
import { databaseShown } from '../story/databases.js'
import type { Person } from '../story/people.js'
import { type History, type Outcome, failureOf } from './history.js'
import type { Random } from './random.js'

/** A database as its client knows it. */
export interface Known {
  readonly name: string
  id: string | undefined
  made: Outcome
  deleted: Outcome | undefined
  /** Whether its table was made. */
  table: Outcome | undefined
  readonly marks: Map<string, Outcome>
}

export interface KnownKey {
  readonly id: string
  readonly secret: string
  revoked: Outcome | undefined
}

export interface Account {
  readonly email: string
  readonly password: string
  readonly made: Outcome
  /** Whether somebody has looked, and could log in. */
  found?: boolean
}

const mostLiving = 12
const mostMarks = 400
const made = z.object({ id: z.string(), secret: z.string() })
const counted = z.object({ data: z.tuple([z.tuple([z.number()])]) })

/** Somebody who uses the system without a pause and remembers what was promised and what was not. */
export class Client {
  readonly databases: Known[] = []
  readonly keys: KnownKey[] = []
  readonly accounts: Account[] = []
  private made = 0

  constructor(readonly name: string, readonly person: Person, private readonly api: Api, private readonly random: Random, private readonly history: History) {}

  /** Goes on until `done`; what is in flight then is awaited. */
  async work(done: AbortSignal, pauseMs: number): Promise<void> {
    while (!done.aborted) {
      await this.deed()
      await delay(this.random.number() * 2 * pauseMs)
    }
  }

  async create(): Promise<void> {
    const known: Known = { name: `${this.name}-${this.made += 1}`, id: undefined, made: 'unknown', deleted: undefined, table: undefined, marks: new Map() }
    this.databases.push(known)
    const [outcome, answer] = await this.ask(`create ${known.name}`, 'POST', '/v2/databases', { token: this.person.token, json: { name: known.name, database_options: { shape: 'sqlite-small' } } })
    known.made = outcome
    if (outcome === 'done' && answer) known.id = databaseShown.parse(JSON.parse(answer.text)).id
  }

  private deed(): Promise<void> {
    const roll = this.random.below(100)
    const living = this.living()
    if (living.length === 0 || (roll < 12 && living.length < mostLiving)) return this.create()
    if (roll < 20 || living.length >= mostLiving) return this.delete(this.random.pick(living))
    if (roll < 24) return this.makeKey()
    if (roll < 27) return this.revokeKey()
    if (roll < 35) return this.useKey(this.random.pick(living))
    if (roll < 37) return this.signUp()
    if (roll < 50) return this.count(this.random.pick(living))
    return this.insert(this.random.pick(living))
  }

  private living(): readonly (Known & { id: string })[] {
    return this.databases.filter((known): known is Known & { id: string } => known.id !== undefined && known.deleted === undefined)
  }

  private async delete(known: Known & { id: string }): Promise<void> {
    const [outcome, answer] = await this.ask(`delete ${known.id}`, 'DELETE', `/v2/databases/${known.id}`, { token: this.person.token })
    // What was refused is still there, and may be tried again.
    known.deleted = outcome === 'refused' ? undefined : outcome
    if (outcome === 'refused' && answer) this.history.complain(`${this.name}: the deletion of ${known.id} was refused`)
  }

  private async insert(known: Known & { id: string }): Promise<void> {
    if (known.table !== 'done') return await this.makeTable(known)
    if (known.marks.size >= mostMarks) return await this.count(known)
    const mark = `${known.name}-${known.marks.size}`
    known.marks.set(mark, 'unknown')
    const [outcome, answer] = await this.sql(known, `insert into marks values ('${mark}')`)
    known.marks.set(mark, outcome)
    if (answer?.status === 400 || answer?.status === 404) this.history.complain(`${this.name}: the table of ${known.id} is gone: ${answer.status} ${answer.text.slice(0, 200)}`)
  }

  private async makeTable(known: Known & { id: string }): Promise<void> {
    const [outcome] = await this.sql(known, 'create table if not exists marks (mark text not null)')
    known.table = outcome
  }

  /** What was promised before can be read at once, and nothing that was never asked for. */
  private async count(known: Known & { id: string }, credential: Ask = { token: this.person.token }): Promise<void> {
    if (known.table !== 'done') return await this.makeTable(known)
    const promised = [...known.marks.values()].filter((outcome) => outcome === 'done').length
    const possible = [...known.marks.values()].filter((outcome) => outcome !== 'refused').length
    const [outcome, answer] = await this.sql(known, 'select count(*) from marks', credential)
    if (outcome !== 'done' || !answer) return
    const [[found]] = counted.parse(JSON.parse(answer.text)).data
    if (found < promised || found > possible) this.history.complain(`${this.name}: ${known.id} shows ${found} marks, and ${promised} to ${possible} are due`)
  }

  private async makeKey(): Promise<void> {
    const path = `/v2/users/${this.person.userId}/keys`
    const [outcome, answer] = await this.ask('make a key', 'POST', path, { token: this.person.token, json: { description: 'of a test' } })
    if (outcome === 'done' && answer) this.keys.push({ ...made.parse(JSON.parse(answer.text)), revoked: undefined })
  }

  private async revokeKey(): Promise<void> {
    const key = this.keys.find(({ revoked }) => revoked === undefined)
    if (!key) return await this.makeKey()
    const path = `/v2/users/${this.person.userId}/keys/${key.id}`
    const [outcome] = await this.ask(`revoke ${key.id}`, 'PUT', path, { token: this.person.token, json: { status: 'REVOKED' } })
    key.revoked = outcome === 'refused' ? undefined : outcome
  }

  private async useKey(known: Known & { id: string }): Promise<void> {
    const key = this.keys.find(({ revoked }) => revoked === undefined)
    await (key ? this.count(known, { key: key.secret }) : this.makeKey())
  }

  private async signUp(): Promise<void> {
    const account = { email: `person-${randomUUID()}@example.com`, password: `a long password ${randomUUID()}` }
    const [outcome] = await this.ask('sign up', 'POST', '/id/signup', { json: { ...account, firstname: 'Ada', lastname: 'Byron' } })
    this.accounts.push({ ...account, made: outcome })
  }

  private sql(known: { id: string }, text: string, credential: Ask = { token: this.person.token }): Promise<readonly [Outcome, Answer | undefined]> {
    return this.ask(`${known.id}: ${text}`, 'POST', `/v2/databases/${known.id}/query/sql`, { ...credential, text })
  }

  private async ask(what: string, method: string, path: string, ask: Ask): Promise<readonly [Outcome, Answer | undefined]> {
    const answered = await this.api(method, path, ask).catch(failureOf)
    return [this.history.note(this.name, what, answered), 'failed' in answered ? undefined : answered]
  }
}
