import type { TypedExpression, TypedQuery } from '@tenantry/featurebase-sql'
import type { Space } from '../../space.js'
import { rowsOf } from '../../store/schema.sql.js'
import { Binds } from './binds.js'
import type { Fragment } from './fragment.js'
import type { SqlFunctions } from './functions.js'

/** A query as part of a statement, with its columns as whoever is around it knows them: c0, c1, … */
export interface BuiltQuery {
  readonly text: string
  readonly columns: readonly Fragment[]
}

/** How much is wanted of a condition: where only what holds counts, unknown may be false. */
export type Wanted = 'value' | 'condition'

type Column = (name: string, restriction: string | undefined) => Fragment

/** What is known while one statement is made: its sources by their numbers, its values, and how parts of it are made of each other. */
export class Builder {
  readonly binds = new Binds()
  private readonly sources = new Map<number, Column>()
  /** Conditions on the time views of set columns, by source and name. */
  private readonly ranges = new Map<string, string>()
  /** Tables, and whether they had ids of the upper half when it was asked. */
  readonly huge = new Map<number, boolean>()
  private isWhole = false

  constructor(
    readonly space: Space,
    readonly functions: SqlFunctions,
    readonly only: number | undefined,
    private readonly parts: {
      readonly expression: (builder: Builder, expression: TypedExpression, wanted: Wanted) => Fragment
      readonly query: (builder: Builder, query: TypedQuery, isTop: boolean) => BuiltQuery
    },
  ) {}

  expression(expression: TypedExpression, wanted: Wanted = 'value'): Fragment {
    return this.parts.expression(this, expression, wanted)
  }

  query(query: TypedQuery): BuiltQuery {
    return this.reading(false, () => this.parts.query(this, query, false))
  }

  /** Whether columns are those of whole records, also where a set of theirs is flattened: conditions are about records. */
  get readsWhole(): boolean {
    return this.isWhole
  }

  wholeRecords<T>(work: () => T): T {
    return this.reading(true, work)
  }

  private reading<T>(isWhole: boolean, work: () => T): T {
    const before = this.isWhole
    this.isWhole = isWhole
    try {
      return work()
    } finally {
      this.isWhole = before
    }
  }

  addSource(id: number, column: Column): void {
    this.sources.set(id, column)
  }

  column(source: number, name: string): Fragment {
    const column = this.sources.get(source)
    if (!column) throw new Error(`there is no source ${source} for ${name}`)
    return column(name, this.restriction(source, name))
  }

  restriction(source: number, name: string): string | undefined {
    return this.ranges.get(`${source}.${name}`)
  }

  restrict(source: number, name: string, views: string): void {
    this.ranges.set(`${source}.${name}`, views)
  }

  /** Ids of the upper half are negative where they are kept, and are ordered apart where there are any. */
  hasHuge(table: number): boolean {
    const known = this.huge.get(table)
    if (known !== undefined) return known
    const found = hasHugeIds(this.space, table)
    this.huge.set(table, found)
    return found
  }
}

export const hasHugeIds = (space: Space, table: number): boolean => space.side.statements.get(`SELECT 1 FROM ${rowsOf(table)} WHERE id < 0 LIMIT 1`).get() !== undefined
