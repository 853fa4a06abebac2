import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { type QueryLimits, answerTooLong, tooManyRows } from '@tenantry/engines-contract'
import { type DataType, SqlError, type Value, outOfRange, readTime } from '@tenantry/featurebase-sql'
import type { Column } from '@tenantry/bitmaps'
import type { Space } from '../../space.js'
import { stored } from '../../store/ids.js'
import type { SqlAnswer } from '../answer.js'
import { type Cell, systemTables } from '../system.js'
import { type Bind, printList } from './binds.js'
import { hasHugeIds } from './builder.js'
import { printerOf } from './cells.js'
import { decode, encode } from './codec.js'
import { limitError } from './fragment.js'
import { type PreparedQuery, prepareQuery } from './prepare.js'

export interface RunOptions {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Values of parameters, each of the type that its place asks for. */
  readonly parameters?: readonly Value[] | undefined
  /** The records of the source that was named when the query was prepared. */
  readonly records?: readonly Column[] | undefined
}

const dayMs = 86_400_000
const nanosInMilli = 1_000_000n

const millisOfCell = (cell: Cell, { name }: DataType): bigint | string | number | boolean | null =>
  name !== 'timestamp' || cell === null ? cell : typeof cell === 'string' ? (readTime(cell) ?? 0n) / nanosInMilli : BigInt(Number(cell))

const cellJson = (cell: bigint | string | number | boolean | null): string => typeof cell === 'bigint' ? cell.toString() : JSON.stringify(cell)

const rowsJson = (space: Space, table: string, types: readonly DataType[]): string =>
  `[${systemTables.get(table)?.rows(space).map((row) => `[${row.map((cell, place) => cellJson(millisOfCell(cell, types[place] ?? { name: 'void' }))).join(',')}]`).join(',') ?? ''}]`

const boundTo = (space: Space, bind: Bind, { now, parameters = [], records = [] }: RunOptions): SQLInputValue => {
  switch (bind.kind) {
    case 'value': return bind.value
    case 'parameter': return encode(parameters[bind.index - 1] ?? null, bind.type, 1n)
    case 'ids': return printList(records.map((record) => BigInt(stored(record))))
    case 'now': return bind.of === 'moment' ? now : now - (now % dayMs + dayMs) % dayMs
    case 'rows': return rowsJson(space, bind.table, bind.types)
  }
}

/** The statement as it is to be run now; another than was prepared where it is for another connection, or there are ids of the upper half since. */
const current = (space: Space, prepared: PreparedQuery): PreparedQuery =>
  prepared.side === space.side && [...prepared.huge].every(([table, was]) => hasHugeIds(space, table) === was) ? prepared : prepareQuery(space, prepared.query, prepared.options)

const messageOf = (error: unknown): string => typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''

/** What SQLite says of a statement that is ours alone, in words for whoever asked. */
const refusal = (error: unknown): unknown => {
  if (error instanceof SqlError) return error
  const message = messageOf(error)
  if (message === 'integer overflow') return refusalOf(() => outOfRange(2n ** 63n))
  if (/^(?:Expression tree is too large|parser stack overflow|Recursion limit|too many (?:SQL variables|terms|columns|arguments)|at most \d+ tables in a join)/.test(message)) return limitError('the statement is too large: nest it less deeply, or join fewer tables')
  if (message === 'string or blob too big') return limitError('a value that the statement makes is too long')
  return error
}

const refusalOf = (work: () => never): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

const statementOf = (space: Space, { sql }: PreparedQuery): StatementSync => {
  const statement = space.side.statements.get(sql)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  return statement
}

/** The rows of a query as SQLite gives them. Throws SqlError for what the statement itself is at fault for. */
function* rowsOf(space: Space, prepared: PreparedQuery, options: RunOptions): Generator<readonly SQLOutputValue[]> {
  try {
    const { functions } = space.side
    functions.start()
    // The statement gives arrays, as it was told to; its type knows only the default.
    for (const row of statementOf(space, prepared).iterate(...prepared.binds.map((bind) => boundTo(space, bind, options))) as Iterable<unknown> as Iterable<readonly SQLOutputValue[]>) {
      yield row
      functions.rowCame()
    }
  } catch (error) {
    space.side.statements.drop(prepared.sql)
    throw refusal(error)
  } finally {
    if (prepared.sql.length > longestKept) space.side.statements.drop(prepared.sql)
  }
}

/** Longer statements are made anew when they come again: thousands are kept. */
const longestKept = 20_000

const partLength = 256 * 1024

/** Runs a query. Throws SqlError, and EngineRefusal AnswerTooLarge. */
export const answerQuery = (space: Space, given: PreparedQuery, limits: QueryLimits, options: RunOptions): SqlAnswer => {
  const prepared = current(space, given)
  const printers = prepared.kept.map(printerOf)
  const parts: Buffer[] = []
  let [part, bytes, rows] = ['[', 0, 0]
  for (const row of rowsOf(space, prepared, options)) {
    rows += 1
    if (rows > limits.answerRows) throw tooManyRows(limits)
    part += rows > 1 ? ',[' : '['
    printers.forEach((print, place) => { part += `${place > 0 ? ',' : ''}${print(row[place] ?? null)}` })
    part += ']'
    if (bytes + part.length > limits.answerBytes) throw answerTooLong(limits)
    if (part.length < partLength) continue
    parts.push(Buffer.from(part))
    bytes += parts.at(-1)?.length ?? 0
    part = ''
  }
  const data = Buffer.concat([...parts, Buffer.from(`${part}]`)])
  if (data.length > limits.answerBytes) throw answerTooLong(limits)
  return { fields: prepared.fields, data, rows }
}

/** The rows of a query as values, one after the other: for what writes them somewhere else. Nothing may change the database meanwhile. */
export function* valuesOfQuery(space: Space, given: PreparedQuery, options: RunOptions): Generator<readonly Value[]> {
  const prepared = current(space, given)
  for (const row of rowsOf(space, prepared, options)) yield prepared.kept.map(({ type, nanos }, place) => decode(row[place] ?? null, type, nanos))
}
