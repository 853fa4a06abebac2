import { GraphQLError, executeSync, getVariableValues, type DocumentNode, type VariableDefinitionNode } from 'graphql'
import { type Answered, answered, refused } from './answer/answer.js'
import { markStart } from './answer/marks.js'
import { Repair } from './answer/repair.js'
import { type Shape } from './answer/shape.js'
import { limitError } from './limits/limits.js'
import { isShallow } from './limits/values.js'
import { NeedsValues } from './plan/inputs.js'
import { type Document, type RootPlan, operationPlans } from './plan/operation.js'
import { mostRows, tooManyRows } from './plan/page.js'
import { type Statement, slotsOf, statementOf, valuesOf } from './plan/statement.js'
import { type Runner, SqlFault } from './runner.js'

/** A document that was read, checked and planned: it may be run any number of times. */
export interface Prepared {
  readonly kind: 'query' | 'mutation'
  run(variables: unknown, runner: Runner): Answered
}

/** A document that cannot be run: it is answered with what is wrong with it. */
export const unfit = (errors: readonly GraphQLError[]): Prepared => ({ kind: 'query', run: () => refused(errors) })

/** A plan whose statements are spelled out. */
interface Spelled {
  readonly plan: RootPlan
  readonly statements: readonly Statement[]
}

type Values = Readonly<Record<string, unknown>>

class Failed extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super('The data of this answer was given up.')
  }
}

const noVariables: Values = {}

const spelledPlans = (document: Document, variables: Values | undefined): readonly Spelled[] => operationPlans(document, variables).map((plan) => ({
  plan,
  statements: (plan.kind === 'change' ? plan.statements : 'statement' in plan ? [plan.statement] : []).map((each) => statementOf(document.dialect, each)),
}))

export class PreparedOperation implements Prepared {
  readonly kind: 'query' | 'mutation'
  private readonly definitions: readonly VariableDefinitionNode[]
  /** The plans that serve all values of the variables, and the variables that must then have one; undefined where SQL depends on them. */
  private readonly fixed: readonly Spelled[] | undefined
  private readonly slots: readonly string[]

  constructor(private readonly document: Document, private readonly whole: DocumentNode, private readonly mayRead: boolean) {
    const { operation } = document
    this.kind = operation.operation === 'mutation' ? 'mutation' : 'query'
    this.definitions = operation.variableDefinitions ?? []
    this.fixed = this.fixedPlans()
    this.slots = [...new Set((this.fixed ?? []).flatMap(({ statements }) => statements.flatMap(slotsOf)))]
  }

  run(given: unknown, runner: Runner): Answered {
    if (this.kind === 'query' && !this.mayRead) return refused([new GraphQLError('Cannot read field using the provided token')])
    const variables = this.coerced(given)
    if (!('values' in variables)) return refused(variables.errors)
    const { values } = variables
    try {
      this.document.checkValues(values)
    } catch (error) {
      if (error instanceof GraphQLError) return refused([error])
      throw error
    }
    const isFixed = this.fixed !== undefined && this.slots.every((name) => values[name] != null)
    const plans = isFixed ? this.fixed ?? [] : spelledPlans(this.document, values)
    try {
      const work = (): Answered => this.answer(plans, values, given, runner)
      return this.kind === 'mutation' ? runner.transaction(work) : work()
    } catch (error) {
      if (error instanceof Failed) return refused(error.errors)
      if (error instanceof SqlFault) return refused([new GraphQLError(error.message)])
      throw error
    }
  }

  private fixedPlans(): readonly Spelled[] | undefined {
    try {
      return spelledPlans(this.document, this.definitions.length === 0 ? noVariables : undefined)
    } catch (error) {
      if (error instanceof NeedsValues) return undefined
      throw error
    }
  }

  private coerced(given: unknown): { readonly values: Values } | { readonly errors: readonly GraphQLError[] } {
    if (this.definitions.length === 0) return { values: noVariables }
    const inputs = given ?? {}
    if (!isShallow(inputs)) return { errors: [limitError('TooDeep', 'The values of the variables stand too deep inside each other.')] }
    if (typeof inputs !== 'object' || Array.isArray(inputs)) return { errors: [new GraphQLError('Variables must be an object, with a value for each name.')] }
    const { variableValues, errors } = getVariableValues(this.document.schema, this.definitions, inputs as Record<string, unknown>, { maxErrors: 20, hideSuggestions: true })
    return variableValues ? { values: variableValues.coerced } : { errors }
  }

  private answer(plans: readonly Spelled[], values: Values, given: unknown, runner: Runner): Answered {
    const fields: (readonly [string, string])[] = []
    const errors: GraphQLError[] = []
    let rows = 0
    for (const spelled of plans) {
      const { selected: { key }, node, isNotNull } = spelled.plan
      try {
        const found = this.field(spelled, values, given, runner, errors)
        fields.push([key, found.json])
        rows += found.rows
      } catch (error) {
        if (error instanceof Failed) throw error
        if (!(error instanceof GraphQLError) && !(error instanceof SqlFault)) throw error
        errors.push(new GraphQLError(error.message, { nodes: node, path: [key] }))
        if (isNotNull) throw new Failed(errors)
        fields.push([key, 'null'])
      }
    }
    return answered(fields, errors, rows)
  }

  private field({ plan, statements }: Spelled, values: Values, given: unknown, runner: Runner, errors: GraphQLError[]): { readonly json: string; readonly rows: number } {
    switch (plan.kind) {
      case 'constant': return { json: plan.json, rows: 0 }
      case 'refused': throw plan.error
      case 'introspection': return { json: this.introspected(plan, given), rows: 0 }
      case 'rows': {
        const [json, count] = this.one(statements, values, runner) ?? []
        if (Number(count) > mostRows) throw new GraphQLError(tooManyRows)
        return { json: this.shown(String(json), plan, plan.shape, [plan.selected.key], errors), rows: Number(count) }
      }
      case 'value': {
        const [json] = this.one(statements, values, runner) ?? []
        return json === undefined || json === null ? { json: 'null', rows: 0 } : { json: this.shown(String(json), plan, plan.shape, [plan.selected.key], errors), rows: 1 }
      }
      case 'change': return this.changed(plan, statements, values, runner, errors)
    }
  }

  private one([statement]: readonly Statement[], values: Values, runner: Runner): readonly unknown[] | undefined {
    return statement && runner.one(statement.text, valuesOf(statement, values))
  }

  private changed(plan: Extract<RootPlan, { kind: 'change' }>, statements: readonly Statement[], values: Values, runner: Runner, errors: GraphQLError[]): { readonly json: string; readonly rows: number } {
    const { shape } = plan
    const made: string[] = []
    let count = 0
    for (const statement of statements) {
      const bound = valuesOf(statement, values)
      if (!shape) count += runner.change(statement.text, bound)
      else for (const json of runner.all(statement.text, bound)) made.push(String(json))
    }
    const affected = shape ? made.length : count
    const fields = plan.asked.map((each) => {
      if (each.name !== 'returning' || !shape) return [each.key, each.name === '__typename' ? `"${plan.typeName}"` : String(affected)] as const
      const path = [plan.selected.key, each.key]
      const json = plan.isOne ? made[0] ?? 'null' : `[${made.join(',')}]`
      return [each.key, this.shown(json, { node: each.nodes[0], isNotNull: !plan.isOne }, shape, path, errors)] as const
    })
    return { json: `{${fields.map(([key, json]) => `"${key}":${json}`).join(',')}}`, rows: affected }
  }

  /** JSON as the database made it; where it has marks, as GraphQL shows them. */
  private shown(json: string, { node, isNotNull }: Pick<RootPlan, 'node' | 'isNotNull'>, shape: Shape, path: readonly string[], errors: GraphQLError[]): string {
    if (!json.includes(markStart)) return json
    const repair = new Repair()
    const value = repair.of(json, { shape, isNotNull, node }, path)
    errors.push(...repair.errors)
    if (value === undefined) throw new Failed(errors)
    return JSON.stringify(value)
  }

  private introspected({ selected: { key, nodes } }: RootPlan, given: unknown): string {
    const { operation } = this.document
    const definitions = this.whole.definitions.map((each) => each === operation ? { ...operation, selectionSet: { ...operation.selectionSet, selections: nodes } } : each)
    const { data, errors } = executeSync({
      schema: this.document.schema.fresh(), document: { ...this.whole, definitions },
      ...(operation.name && { operationName: operation.name.value }),
      variableValues: (given ?? {}) as Record<string, unknown>,
    })
    const [error] = errors ?? []
    if (error) throw error
    return JSON.stringify(data?.[key] ?? null)
  }
}
