import { openFile } from '@tenantry/engines-files'
import { type TypedQuery, type Value, SqlError, checkSql, parseSql } from '@tenantry/featurebase-sql'
import { Space, usualRules } from '../space.js'
import { SpaceCatalogue } from '../sql/catalogue.js'
import { answerQuery, type RunOptions } from '../sql/select/answer.js'
import { type PrepareOptions, type PreparedQuery, prepareQuery } from '../sql/select/prepare.js'
import { recordOf, storedValue, written } from '../sql/write/stored.js'
import { type FieldOptions, readFieldOptions } from '../store/field-options.js'
import type { JsonObject } from '../store/json.js'

export interface Answered {
  readonly fields: readonly { readonly name: string; readonly type: string; readonly 'base-type': string; readonly 'type-info': unknown }[]
  readonly rows: readonly (readonly unknown[])[]
}

const limits = { seconds: 0, answerBytes: 10e6, answerRows: 100_000 }
export const testNow = Date.UTC(2024, 4, 6, 7, 8, 9, 123)

/** The options of a field that SQL's type has, as FeatureBase's API writes them. */
const optionsOf: Readonly<Record<string, JsonObject>> = {
  id: { type: 'mutex' }, string: { type: 'mutex', keys: true }, idset: { type: 'set' }, stringset: { type: 'set', keys: true }, bool: { type: 'bool' }, int: { type: 'int' },
  timestamp: { type: 'timestamp', timeUnit: 's' }, idsetq: { type: 'time', timeQuantum: 'YMD' }, stringsetq: { type: 'time', timeQuantum: 'YMD', keys: true },
}

const fieldOptions = (type: string, more: JsonObject): FieldOptions => {
  const scale = /^decimal\((\d+)\)$/.exec(type)?.[1]
  return readFieldOptions({ ...(scale === undefined ? optionsOf[type] : { type: 'decimal', scale: Number(scale) }), ...more })
}

/** A time quantum's value: when, and what. */
export interface Timed { readonly at: bigint; readonly members: Value }

/** A database that is asked in SQL, with tables made and filled without it. */
export class SqlAsked {
  private readonly file
  readonly space: Space
  private readonly catalogue: SpaceCatalogue

  constructor(folder: string) {
    this.file = openFile(folder, { access: 'write', cacheKib: 8_192 })
    this.space = new Space(this.file, { ...usualRules, mostPairs: 200_000 })
    this.catalogue = new SpaceCatalogue(this.space)
  }

  /** `columns` are names and types, `_id` first. */
  table(name: string, columns: Readonly<Record<string, string>>, rows: readonly (readonly (Value | Timed)[])[] = [], options: Readonly<Record<string, JsonObject>> = {}): void {
    this.space.change(() => {
      const table = this.space.catalogue.createTable({ name, keyed: columns['_id'] === 'string', tracks: true })
      for (const [column, type] of Object.entries(columns)) if (column !== '_id') this.space.catalogue.createField(table, column, fieldOptions(type, options[column] ?? {}))
    })
    this.fill(name, Object.keys(columns), rows)
  }

  fill(name: string, columns: readonly string[], rows: readonly (readonly (Value | Timed)[])[]): void {
    const { space } = this
    const data = space.table(name)
    if (!data) throw new Error(`there is no table ${name}`)
    const place = columns.indexOf('_id')
    space.change(() => {
      rows.forEach((row, at) => {
        const values = columns.map((column, where) => ({ field: data.field(column), value: row[where] ?? null, column })).filter(({ field, value }) => field !== undefined && value !== null)
        const fields = values.flatMap(({ field }) => field ?? [])
        const stored = values.map(({ field, value, column }) => {
          if (!field || value === null) return null
          const cell = { column, row: at + 1 }
          return written(isTimed(value) ? storedValue(space, field, value.members ?? '', cell, value.at) : storedValue(space, field, value, cell))
        })
        const key = row[place] ?? null
        data.putRow(recordOf(space, data.table, isTimed(key) ? null : key, at + 1)(), fields, stored)
      })
    })
  }

  checked(text: string): TypedQuery {
    const [statement] = parseSql(text)
    if (!statement) throw new Error('there is no statement')
    const typed = checkSql(statement, this.catalogue)
    if (typed.kind !== 'query') throw new Error(`${typed.kind} is no query`)
    return typed.query
  }

  prepared(text: string, options: PrepareOptions = {}): PreparedQuery {
    return prepareQuery(this.space, this.checked(text), options)
  }

  run(prepared: PreparedQuery, options: Partial<RunOptions> = {}, within = limits): Answered {
    const { fields, data } = answerQuery(this.space, prepared, within, { now: testNow, ...options })
    return { fields: JSON.parse(fields.toString()), rows: JSON.parse(data.toString()) } as Answered
  }

  /** The answer; of what is refused, the words. */
  ask(text: string, options: Partial<RunOptions> = {}): Answered | string {
    try {
      return this.run(this.prepared(text), options)
    } catch (error) {
      if (error instanceof SqlError) return error.message
      throw error
    }
  }

  rows(text: string, options: Partial<RunOptions> = {}): readonly (readonly unknown[])[] | string {
    const answered = this.ask(text, options)
    return typeof answered === 'string' ? answered : answered.rows
  }

  /** With every digit. */
  data(text: string): string {
    return answerQuery(this.space, this.prepared(text), limits, { now: testNow }).data.toString()
  }

  close(): void {
    this.file.close()
  }
}

const isTimed = (value: Value | Timed): value is Timed => typeof value === 'object' && value !== null && 'at' in value && !Array.isArray(value)
