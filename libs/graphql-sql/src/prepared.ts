import { GraphQLError, getVariableValues, type DocumentNode, type VariableDefinitionNode } from 'graphql'
import { type Answered, refused } from './answer/answer.js'
import { limitError } from './limits/limits.js'
import { isShallow } from './limits/values.js'
import { NeedsValues } from './plan/inputs.js'
import { type Document, operationPlans } from './plan/operation.js'
import { slotsOf, statementOf } from './plan/statement.js'
import { Failed, Run, type Spelled, type Values } from './run.js'
import { type AsyncRunner, type Runner, type Running, SqlFault, drive, driveAsync } from './runner.js'

/** A document that was read, checked and planned: it may be run any number of times. */
export interface Prepared {
  readonly kind: 'query' | 'mutation'
  run(variables: unknown, runner: Runner): Answered
  runAsync(variables: unknown, runner: AsyncRunner): Promise<Answered>
}

/** A document that cannot be run: it is answered with what is wrong with it. */
export const unfit = (errors: readonly GraphQLError[]): Prepared => ({ kind: 'query', run: () => refused(errors), runAsync: () => Promise.resolve(refused(errors)) })

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
    const begun = this.begin(given)
    if ('text' in begun) return begun
    const work = (): Answered => drive(begun, (ask) => runner.run(ask))
    try {
      return this.kind === 'mutation' ? runner.transaction(work) : work()
    } catch (error) {
      return failedBy(error)
    }
  }

  async runAsync(given: unknown, runner: AsyncRunner): Promise<Answered> {
    const begun = this.begin(given)
    if ('text' in begun) return begun
    const work = (): Promise<Answered> => driveAsync(begun, (ask) => runner.run(ask))
    try {
      return this.kind === 'mutation' ? await runner.transaction(work) : await work()
    } catch (error) {
      return failedBy(error)
    }
  }

  /** A run that is about to ask for its first statement, or what is answered without any. */
  private begin(given: unknown): Running<Answered> | Answered {
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
    return new Run(this.document, this.whole, given, values).answer(plans)
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
}

const failedBy = (error: unknown): Answered => {
  if (error instanceof Failed) return refused(error.errors)
  if (error instanceof SqlFault) return refused([new GraphQLError(error.message)])
  throw error
}
