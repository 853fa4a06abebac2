import { GraphQLError, type FieldNode, type GraphQLField, type OperationDefinitionNode } from 'graphql'
import type { Dialect } from '../dialect.js'
import type { Shape } from '../answer/shape.js'
import type { CheckValues } from '../limits/check-limits.js'
import type { Fragments } from '../limits/measure.js'
import type { ReadKind, Root } from '../schema/roots.js'
import type { TenantSchema } from '../schema/schema.js'
import { tableAggregate } from './aggregate.js'
import { changeOf, keySql } from './changes.js'
import { groupsSql } from './groups.js'
import { type Inputs, NeedsValues, type Variables, readArguments } from './inputs.js'
import { rowJson, rowsSql } from './rows.js'
import { type Planning, type Row, planning, tableAs } from './scope.js'
import { type Selected, selectedFields, within } from './selection.js'
import { type Sql, sql } from './sql.js'
import { condition } from './where.js'

/** What one field of an operation needs: `rows` and `value` are one statement each, `change` may be many. */
export type RootPlan = { readonly selected: Selected; readonly node: FieldNode; readonly isNotNull: boolean } & (
  | { readonly kind: 'constant'; readonly json: string }
  | { readonly kind: 'introspection' }
  | { readonly kind: 'refused'; readonly error: GraphQLError }
  /** One row: JSON text and a count. */
  | { readonly kind: 'rows'; readonly statement: Sql; readonly shape: Shape }
  /** One row with JSON text, or none. */
  | { readonly kind: 'value'; readonly statement: Sql; readonly shape: Shape }
  | { readonly kind: 'change'; readonly statements: readonly Sql[]; readonly asked: readonly Selected[]; readonly typeName: string; readonly isOne: boolean; readonly shape: Shape | undefined }
)

export interface Document {
  readonly schema: TenantSchema
  readonly dialect: Dialect
  readonly fragments: Fragments
  readonly operation: OperationDefinitionNode
  /** What its limits still have to say when the values are known. */
  readonly checkValues: CheckValues
}

/** The plans of an operation's fields. Throws NeedsValues when they depend on variables that are not known yet. */
export const operationPlans = (document: Document, variables: Variables): readonly RootPlan[] =>
  selectedFields([document.operation.selectionSet], document.fragments, variables).map((selected) => {
    const [node] = selected.nodes
    try {
      return rootPlan(document, selected, variables)
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      // Without the values it is not certain yet.
      if (!variables) throw new NeedsValues()
      return { kind: 'refused', selected, node, isNotNull: fieldOf(document, selected)?.type.toString().endsWith('!') === true, error }
    }
  })

const fieldOf = ({ schema, operation }: Document, { name }: Selected): GraphQLField<unknown, unknown> | undefined => schema.getRootType(operation.operation)?.getFields()[name]

const rootPlan = (document: Document, selected: Selected, variables: Variables): RootPlan => {
  const { schema, dialect, fragments, operation } = document
  const [node] = selected.nodes
  const isMutation = operation.operation === 'mutation'
  if (selected.name === '__typename') return { kind: 'constant', selected, node, isNotNull: true, json: isMutation ? '"Mutation"' : '"Query"' }
  if (selected.name === '__schema' || selected.name === '__type') return { kind: 'introspection', selected, node, isNotNull: selected.name === '__schema' }
  const inputs = readArguments(fieldOf(document, selected)?.args ?? [], node, variables)
  const plan = planning(schema, dialect, fragments, variables)
  const change = isMutation ? schema.roots.mutation.get(selected.name) : undefined
  if (change) {
    const isOne = change.kind.endsWith('by pk')
    const api = schema.api(change.table)
    const { statements, asked, shape } = changeOf(plan, change.kind, api, selected, inputs)
    const typeName = `${api.name}_mutation_${isOne ? 'by_pk_' : ''}response`
    return { kind: 'change', selected, node, isNotNull: true, statements, asked, isOne, typeName, shape: shape && !isOne ? { kind: 'list', of: shape } : shape }
  }
  const root = schema.roots.query.get(selected.name)
  // The field that stands in for the tables as long as there is none.
  if (!root) return { kind: 'constant', selected, node, isNotNull: false, json: 'null' }
  return { selected, node, ...readPlan(plan, root, selected, inputs) }
}

const readPlan = (plan: Planning, root: Root<ReadKind>, selected: Selected, inputs: Inputs):
  | { readonly kind: 'rows'; readonly statement: Sql; readonly shape: Shape; readonly isNotNull: true }
  | { readonly kind: 'value'; readonly statement: Sql; readonly shape: Shape; readonly isNotNull: boolean } => {
  const row: Row = { api: plan.schema.api(root.table), alias: plan.alias() }
  switch (root.kind) {
    case 'rows':
    case 'groups': {
      const { rows, shape } = (root.kind === 'rows' ? rowsSql : groupsSql)(plan, row, selected, inputs)
      return { kind: 'rows', statement: plan.dialect.countedArray(rows), shape: { kind: 'list', of: shape }, isNotNull: true }
    }
    case 'by pk': {
      const { json, shape } = rowJson(plan, row, selectedFields(within(selected), plan.fragments, plan.variables), [])
      return { kind: 'value', statement: sql`SELECT ${json} FROM ${tableAs(row)} WHERE ${keySql(plan, row, inputs)}`, shape, isNotNull: false }
    }
    case 'aggregate': {
      const { json, shape } = tableAggregate(plan, row, selected, condition(plan, row, inputs['where'] ?? inputs['filter']))
      return { kind: 'value', statement: sql`SELECT ${json}`, shape, isNotNull: true }
    }
  }
}
