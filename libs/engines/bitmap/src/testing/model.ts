import { decimalText } from '../store/decimal.js'
import { timeText } from '../pql/time-text.js'

/** What a call may be refused for when it is run. */
export class ModelRefused extends Error {}

export type Kind = 'set' | 'mutex' | 'bool' | 'int' | 'decimal' | 'timestamp' | 'time'
export interface ModelField { readonly kind: Kind; readonly keys: boolean }

export const leastNumber = -100n
export const mostNumber = 1_000n

/** Texts and their numbers, in the order in which they came. */
class Words {
  private readonly ids = new Map<string, bigint>()

  find(word: string): bigint | undefined {
    return this.ids.get(word)
  }

  make(word: string): bigint {
    const known = this.ids.get(word)
    if (known !== undefined) return known
    const id = [...this.ids.values()].reduce((most, one) => one > most ? one : most, 0n) + 1n
    this.ids.set(word, id)
    return id
  }

  word(id: bigint): string | undefined {
    return [...this.ids].find(([, one]) => one === id)?.[0]
  }

  remove(id: bigint): void {
    const word = this.word(id)
    if (word !== undefined) this.ids.delete(word)
  }
}

interface FieldData {
  readonly words: Words
  /** Of sets, mutexes and bools: who has a row. */
  readonly rows: Map<bigint, Set<bigint>>
  /** Of times: on which days who had a row. */
  readonly days: Map<bigint, Map<bigint, Set<number>>>
  readonly touched: Set<bigint>
  readonly numbers: Map<bigint, bigint>
}

export type Records = ReadonlySet<bigint>

const dayMs = 86_400_000
const ascending = (one: bigint, other: bigint): number => one < other ? -1 : one > other ? 1 : 0

/** One table as plain sets: what FeatureBase's reference says, without any bitmap. */
export class Model {
  readonly records = new Set<bigint>()
  readonly fields = new Map<string, ModelField>()
  private readonly data = new Map<string, FieldData>()
  private readonly keys = new Words()

  constructor(readonly keyed: boolean, fields: Readonly<Record<string, ModelField>>) {
    for (const [name, field] of Object.entries(fields)) this.addField(name, field)
  }

  addField(name: string, field: ModelField): void {
    this.fields.set(name, field)
    this.data.set(name, { words: new Words(), rows: new Map(), days: new Map(), touched: new Set(), numbers: new Map() })
  }

  of(name: string): FieldData {
    const found = this.data.get(name)
    if (!found) throw new ModelRefused(name)
    return found
  }

  kind(name: string): Kind | undefined {
    return this.fields.get(name)?.kind
  }

  record(id: bigint | string, make: boolean): bigint | undefined {
    return typeof id === 'bigint' ? id : make ? this.keys.make(id) : this.keys.find(id)
  }

  row(name: string, value: bigint | string, make: boolean): bigint | undefined {
    const { words } = this.of(name)
    return typeof value === 'bigint' ? value : make ? words.make(value) : words.find(value)
  }

  having(name: string, row: bigint | undefined): Records {
    return row === undefined ? new Set() : this.of(name).rows.get(row) ?? new Set()
  }

  inTime(name: string, row: bigint | undefined, from: number | undefined, to: number | undefined): Records {
    const found = new Set<bigint>()
    if (from !== undefined && to !== undefined && from >= to) return found
    const first = from === undefined ? -Infinity : Math.floor(from / dayMs) * dayMs
    for (const [record, days] of row === undefined ? [] : this.of(name).days.get(row) ?? []) if ([...days].some((day) => day >= first && day < (to ?? Infinity))) found.add(record)
    return found
  }

  /** Those with a value or, where there may be many, those that ever had one. */
  valued(name: string): Records {
    const { kind } = this.fields.get(name) ?? {}
    const data = this.of(name)
    if (kind === 'set' || kind === 'time') return data.touched
    return kind === 'mutex' || kind === 'bool' ? new Set([...data.rows.values()].flatMap((row) => [...row])) : new Set(data.numbers.keys())
  }

  set(name: string, id: bigint | string, value: bigint | string, at?: number): boolean {
    const data = this.of(name)
    const kind = this.kind(name)
    const record = this.record(id, true) ?? 0n
    if (kind === 'int' || kind === 'decimal' || kind === 'timestamp') {
      const number = BigInt(value)
      if (kind === 'int' && (number < leastNumber || number > mostNumber)) throw new ModelRefused(name)
      const isNew = data.numbers.get(record) !== number
      data.numbers.set(record, number)
      this.records.add(record)
      return isNew
    }
    const row = this.row(name, value, true) ?? 0n
    const isNew = !this.having(name, row).has(record)
    if (kind === 'mutex' || kind === 'bool') for (const others of data.rows.values()) others.delete(record)
    else data.touched.add(record)
    this.records.add(record)
    put(data.rows, row, record)
    if (kind !== 'time' || at === undefined) return isNew
    const days = data.days.get(row) ?? new Map<bigint, Set<number>>()
    data.days.set(row, days)
    const mine = days.get(record) ?? new Set<number>()
    days.set(record, mine)
    const day = Math.floor(at / dayMs) * dayMs
    const isNewDay = !mine.has(day)
    mine.add(day)
    return isNew || isNewDay
  }

  clear(name: string, id: bigint | string, value: bigint | string): boolean {
    const data = this.of(name)
    const record = this.record(id, false)
    if (record === undefined) return false
    const kind = this.kind(name)
    if (kind === 'int' || kind === 'decimal' || kind === 'timestamp') return data.numbers.delete(record)
    const row = this.row(name, value, false)
    if (row === undefined) return false
    data.days.get(row)?.delete(record)
    return data.rows.get(row)?.delete(record) ?? false
  }

  clearRow(name: string, value: bigint | string): boolean {
    const data = this.of(name)
    const row = this.row(name, value, false)
    const had = this.having(name, row).size > 0
    if (row !== undefined) {
      data.rows.delete(row)
      data.days.delete(row)
    }
    return had
  }

  store(name: string, value: bigint | string, records: Records): void {
    if (!this.fields.has(name)) this.addField(name, { kind: 'set', keys: typeof value === 'string' })
    const data = this.of(name)
    const row = this.row(name, value, true) ?? 0n
    for (const record of records) if (this.records.has(record) && !this.having(name, row).has(record)) data.touched.add(record)
    data.rows.set(row, new Set(records))
  }

  delete(records: Records): boolean {
    const ending = [...records].filter((record) => this.records.has(record))
    for (const record of ending) {
      this.records.delete(record)
      this.keys.remove(record)
      for (const { rows, days, touched, numbers } of this.data.values()) {
        for (const row of rows.values()) row.delete(record)
        for (const row of days.values()) row.delete(record)
        touched.delete(record)
        numbers.delete(record)
      }
    }
    return ending.length > 0
  }

  // What is answered, as JSON.

  rowText(records: Records): string {
    const sorted = [...records].sort(ascending)
    if (!this.keyed) return `{"columns":[${sorted.join(',')}]}`
    const keys = sorted.flatMap((record) => this.keys.word(record) ?? []).map((key) => JSON.stringify(key))
    return keys.length === 0 ? '{"columns":[]}' : `{"columns":[],"keys":[${keys.join(',')}]}`
  }

  recordText(record: bigint): string {
    return this.keyed ? JSON.stringify(this.keys.word(record) ?? '') : String(record)
  }

  wordText(name: string, row: bigint): string {
    return this.fields.get(name)?.keys === true ? JSON.stringify(this.of(name).words.word(row) ?? '') : String(row)
  }

  numberText(name: string, value: bigint): string {
    const kind = this.kind(name)
    return kind === 'decimal' ? decimalText(value, 2) : kind === 'timestamp' ? JSON.stringify(timeText(value * 1_000_000_000n)) : String(value)
  }

  /** The rows that somebody has, ascending, with those who have them. */
  rowsOf(name: string, within?: Records): readonly { readonly row: bigint; readonly having: Records }[] {
    return [...this.of(name).rows].map(([row, all]) => ({ row, having: within ? both(all, within) : all })).filter(({ having }) => having.size > 0).sort((a, b) => ascending(a.row, b.row))
  }

  cell(name: string, record: bigint): string {
    const kind = this.kind(name)
    const data = this.of(name)
    if (kind === 'int' || kind === 'decimal' || kind === 'timestamp') {
      const number = data.numbers.get(record)
      return number === undefined ? 'null' : this.numberText(name, number)
    }
    const rows = this.rowsOf(name, new Set([record])).map(({ row }) => kind === 'bool' ? String(row === 1n) : this.wordText(name, row))
    if (kind === 'mutex' || kind === 'bool') return rows[0] ?? 'null'
    return rows.length > 0 || data.touched.has(record) ? `[${rows.join(',')}]` : 'null'
  }
}

export const both = (one: Records, other: Records): Set<bigint> => new Set([...one].filter((record) => other.has(record)))
export const inOrder = (records: Iterable<bigint>): readonly bigint[] => [...records].sort(ascending)

const put = (rows: Map<bigint, Set<bigint>>, row: bigint, record: bigint): void => {
  const having = rows.get(row) ?? new Set<bigint>()
  having.add(record)
  rows.set(row, having)
}
