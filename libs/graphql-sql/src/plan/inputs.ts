import {
  GraphQLError, Kind, coerceInputLiteral, getNullableType, isInputObjectType, isListType, isNonNullType, isScalarType, valueFromASTUntyped,
  type FieldNode, type GraphQLArgument, type GraphQLInputType, type ValueNode,
} from 'graphql'
import { jsonTextOf } from '../schema/scalars.js'
import { Slot } from './sql.js'

/** Thrown while a plan is made that shall serve all values: this document's SQL depends on them. */
export class NeedsValues extends Error {}

/** The values of a request's variables, or none yet: then each becomes a slot. */
export type Variables = Readonly<Record<string, unknown>> | undefined

const isOfScalars = (type: GraphQLInputType): boolean => {
  const nullable = getNullableType(type)
  return isScalarType(nullable) || (isListType(nullable) && isOfScalars(nullable.ofType as GraphQLInputType))
}

const ofVariable = (type: GraphQLInputType, name: string, variables: Variables): unknown => {
  if (variables) return variables[name]
  if (isOfScalars(type)) return new Slot(name)
  throw new NeedsValues()
}

/** A value as the document or the variables have it: undefined when nobody gave one. Objects are records by GraphQL's names, lists arrays. */
export const readInput = (type: GraphQLInputType, node: ValueNode, variables: Variables): unknown => {
  if (isNonNullType(type)) {
    const value = readInput(type.ofType as GraphQLInputType, node, variables)
    if (value === null || value === undefined) throw new GraphQLError(`A value of type ${String(type)} must not be null.`, { nodes: node })
    return value
  }
  if (node.kind === Kind.VARIABLE) return checked(type, ofVariable(type, node.name.value, variables), node)
  if (node.kind === Kind.NULL) return null
  if (isListType(type)) {
    const inner = type.ofType as GraphQLInputType
    return node.kind === Kind.LIST ? node.values.map((each) => readInput(inner, each, variables) ?? null) : [readInput(inner, node, variables)]
  }
  if (isInputObjectType(type)) {
    const fields = type.getFields()
    const entries = node.kind === Kind.OBJECT ? node.fields : []
    return Object.fromEntries(entries.flatMap(({ name: { value: name }, value }) => {
      const field = fields[name]
      const read = field && readInput(field.type, value, variables)
      return read === undefined ? [] : [[name, read]]
    }))
  }
  if (hasVariable(node)) {
    // Only JSON has values with others inside.
    if (!variables) throw new NeedsValues()
    return jsonTextOf(valueFromASTUntyped(node, variables))
  }
  return coerceInputLiteral(node, type)
}

/** A list that came by a variable may hold a null that its type allows and its place does not. */
const checked = (type: GraphQLInputType, value: unknown, node: ValueNode): unknown => {
  if (!isListType(type) || !isNonNullType(type.ofType) || !Array.isArray(value)) return value
  if ((value as readonly unknown[]).some((each) => each === null || each === undefined)) {
    throw new GraphQLError(`A list of type ${String(type)} must not hold null.`, { nodes: node })
  }
  return value
}

const hasVariable = (node: ValueNode): boolean =>
  node.kind === Kind.VARIABLE || (node.kind === Kind.LIST && node.values.some(hasVariable)) || (node.kind === Kind.OBJECT && node.fields.some(({ value }) => hasVariable(value)))

export type Inputs = Readonly<Record<string, unknown>>

/** The arguments of a field by their names; what was not given is not there. */
export const readArguments = (args: readonly GraphQLArgument[], { arguments: given }: FieldNode, variables: Variables): Inputs =>
  Object.fromEntries((given ?? []).flatMap(({ name: { value: name }, value }) => {
    const argument = args.find((each) => each.name === name)
    const read = argument && readInput(argument.type, value, variables)
    return read === undefined ? [] : [[name, read]]
  }))

export const isInputs = (value: unknown): value is Inputs => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Slot)

/** A value that decides what the SQL is. */
export const decided = (value: unknown): unknown => {
  if (value instanceof Slot) throw new NeedsValues()
  return value
}
