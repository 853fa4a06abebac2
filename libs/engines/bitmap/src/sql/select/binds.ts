import type { SQLInputValue } from 'node:sqlite'
import type { DataType, Value } from '@tenantry/featurebase-sql'
import { limitError } from './fragment.js'

/** A value that a statement is given when it runs. */
export type Bind =
  | { readonly kind: 'value'; readonly value: SQLInputValue }
  | { readonly kind: 'parameter'; readonly index: number; readonly type: DataType }
  /** The records that were chosen already, as a JSON list. */
  | { readonly kind: 'ids' }
  /** Milliseconds since 1970, of the moment or of its day's beginning. */
  | { readonly kind: 'now'; readonly of: 'moment' | 'day' }
  | { readonly kind: 'rows'; readonly table: string; readonly types: readonly DataType[] }

const begin = '\u0001'
const end = '\u0002'
const token = /\u0001(\d+)\u0002/g

/** SQLite's own bound. */
const mostBinds = 32_766

const writtenSafely = 2n ** 53n

/** The values of a statement that is being made. Each has a token in the text, which may stand there more than once. */
export class Binds {
  private readonly all: Bind[] = []

  add(bind: Bind): string {
    this.all.push(bind)
    return `${begin}${this.all.length - 1}${end}`
  }

  value(value: SQLInputValue): string {
    return this.add({ kind: 'value', value })
  }

  /** Whole numbers are written into the statement, as long as SQLite reads them back as they are. */
  integer(value: bigint): string {
    if (value >= 0n && value < writtenSafely) return value.toString()
    return value < 0n && value > -writtenSafely ? `(${value})` : this.value(value)
  }

  json(values: readonly (bigint | string)[]): string {
    return this.value(printList(values))
  }

  /** The statement with a ? for each token, and what stands for each, in order. */
  finish(text: string): { readonly sql: string; readonly binds: readonly Bind[] } {
    const binds: Bind[] = []
    const sql = text.replaceAll(token, (_token, number: string) => {
      const bind = this.all[Number(number)]
      if (bind) binds.push(bind)
      return '?'
    })
    if (binds.length > mostBinds) throw limitError(`the statement has more than ${mostBinds} values outside of lists`)
    return { sql, binds }
  }
}

export const printList = (values: readonly (bigint | string)[]): string =>
  `[${values.map((value) => typeof value === 'string' ? JSON.stringify(value) : value.toString()).join(',')}]`

/** Ids as SQLite keeps them: the upper half is negative there. */
export const kept = (members: readonly bigint[] | readonly string[]): readonly (bigint | string)[] => members.map((member) => typeof member === 'string' ? member : BigInt.asIntN(64, member))

export const isMembers = (value: Value | undefined): value is readonly bigint[] | readonly string[] => Array.isArray(value)
