import { GraphQLError, executeSync, type DocumentNode } from 'graphql'
import { type Answered, answered } from './answer/answer.js'
import { markStart } from './answer/marks.js'
import { Repair } from './answer/repair.js'
import type { Shape } from './answer/shape.js'
import type { Document, RootPlan } from './plan/operation.js'
import { mostRows, tooManyRows } from './plan/page.js'
import { type Statement, valuesOf } from './plan/statement.js'
import { type Running, SqlFault } from './runner.js'

/** A plan whose statements are spelled out. */
export interface Spelled {
  readonly plan: RootPlan
  readonly statements: readonly Statement[]
}

export type Values = Readonly<Record<string, unknown>>

/** Thrown when a value is missing that must be there: the data of the whole answer is given up, and what was changed for it. */
export class Failed extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super('The data of this answer was given up.')
  }
}

interface Made {
  readonly json: string
  readonly rows: number
}

/** One run of a document: which statements it needs, one after the other, and what becomes of what they answer. */
export class Run {
  private readonly errors: GraphQLError[] = []

  /** `given` are the variables as they were sent, `values` as their types have them. */
  constructor(private readonly document: Document, private readonly whole: DocumentNode, private readonly given: unknown, private readonly values: Values) {}

  *answer(plans: readonly Spelled[]): Running<Answered> {
    const fields: (readonly [string, string])[] = []
    let rows = 0
    for (const spelled of plans) {
      const { selected: { key }, node, isNotNull } = spelled.plan
      try {
        const found = yield* this.field(spelled)
        fields.push([key, found.json])
        rows += found.rows
      } catch (error) {
        if (error instanceof Failed) throw error
        if (!(error instanceof GraphQLError) && !(error instanceof SqlFault)) throw error
        this.errors.push(new GraphQLError(error.message, { nodes: node, path: [key] }))
        if (isNotNull) throw new Failed(this.errors)
        fields.push([key, 'null'])
      }
    }
    return answered(fields, this.errors, rows)
  }

  private* field({ plan, statements }: Spelled): Running<Made> {
    switch (plan.kind) {
      case 'constant': return { json: plan.json, rows: 0 }
      case 'refused': throw plan.error
      case 'introspection': return { json: this.introspected(plan), rows: 0 }
      case 'rows': {
        const [json, count] = (yield* this.row(statements)) ?? []
        if (Number(count) > mostRows) throw new GraphQLError(tooManyRows)
        return { json: this.shown(String(json), plan, plan.shape, [plan.selected.key]), rows: Number(count) }
      }
      case 'value': {
        const [json] = (yield* this.row(statements)) ?? []
        return json === undefined || json === null ? { json: 'null', rows: 0 } : { json: this.shown(String(json), plan, plan.shape, [plan.selected.key]), rows: 1 }
      }
      case 'change': return yield* this.changed(plan, statements)
    }
  }

  private* row([statement]: readonly Statement[]): Running<readonly unknown[] | undefined> {
    if (!statement) return undefined
    const { rows: [row] } = yield { wants: 'row', text: statement.text, values: valuesOf(statement, this.values) }
    return row
  }

  private* changed(plan: Extract<RootPlan, { kind: 'change' }>, statements: readonly Statement[]): Running<Made> {
    const { shape } = plan
    const made: string[] = []
    let count = 0
    for (const statement of statements) {
      const { rows, changes } = yield { wants: shape ? 'rows' : 'change', text: statement.text, values: valuesOf(statement, this.values) }
      count += changes
      for (const [json] of rows) made.push(String(json))
    }
    const affected = shape ? made.length : count
    const fields = plan.asked.map((each) => {
      if (each.name !== 'returning' || !shape) return [each.key, each.name === '__typename' ? `"${plan.typeName}"` : String(affected)] as const
      const path = [plan.selected.key, each.key]
      const json = plan.isOne ? made[0] ?? 'null' : `[${made.join(',')}]`
      return [each.key, this.shown(json, { node: each.nodes[0], isNotNull: !plan.isOne }, shape, path)] as const
    })
    return { json: `{${fields.map(([key, json]) => `"${key}":${json}`).join(',')}}`, rows: affected }
  }

  /** JSON as the database made it; where it has marks, as GraphQL shows them. */
  private shown(json: string, { node, isNotNull }: Pick<RootPlan, 'node' | 'isNotNull'>, shape: Shape, path: readonly string[]): string {
    if (!json.includes(markStart)) return json
    const repair = new Repair()
    const value = repair.of(json, { shape, isNotNull, node }, path)
    this.errors.push(...repair.errors)
    if (value === undefined) throw new Failed(this.errors)
    return JSON.stringify(value)
  }

  private introspected({ selected: { key, nodes } }: RootPlan): string {
    const { operation } = this.document
    const definitions = this.whole.definitions.map((each) => each === operation ? { ...operation, selectionSet: { ...operation.selectionSet, selections: nodes } } : each)
    const { data, errors } = executeSync({
      schema: this.document.schema.fresh(), document: { ...this.whole, definitions },
      ...(operation.name && { operationName: operation.name.value }),
      variableValues: (this.given ?? {}) as Record<string, unknown>,
    })
    const [error] = errors ?? []
    if (error) throw error
    return JSON.stringify(data?.[key] ?? null)
  }
}
