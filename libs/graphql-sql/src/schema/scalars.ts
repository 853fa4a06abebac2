import {
  GraphQLBoolean, GraphQLDirective, GraphQLEnumType, GraphQLError, GraphQLFloat, GraphQLID, GraphQLInputObjectType, GraphQLList, GraphQLScalarType, GraphQLString, Kind,
  DirectiveLocation, GraphQLIncludeDirective, GraphQLSkipDirective, valueFromASTUntyped,
  type GraphQLNamedType, type ValueNode,
} from 'graphql'
import type { Form } from '../catalogue.js'

const widest = 2n ** 63n

const whole = (text: string | number): bigint | number => {
  const value = BigInt(text)
  if (value < -widest || value >= widest) throw new GraphQLError(`The integer ${text} needs more than 64 bits.`)
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** Int as GraphQL has it where a value is read. What is written may have 64 bits, and come as text where JSON would round it. */
export const Int = new GraphQLScalarType<unknown, unknown>({
  name: 'Int',
  description: 'A whole number: 32 bits where it is read, 64 where it is written. Past 2^53 it is written as text.',
  coerceInputValue: (value) => {
    if (typeof value === 'string' && /^-?[0-9]{1,19}$/.test(value)) return whole(value)
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value
    throw new GraphQLError(`Int cannot represent non-integer value: ${JSON.stringify(value)}`)
  },
  coerceInputLiteral: (node: ValueNode) => {
    if (node.kind === Kind.INT || (node.kind === Kind.STRING && /^-?[0-9]{1,19}$/.test(node.value))) return whole(node.value)
    throw new GraphQLError('Int cannot represent non-integer value', { nodes: node })
  },
})

/** JSON text, ready to be written. */
export class JsonText {
  constructor(readonly text: string) {}

  /** Inside of another value it is what it says. */
  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

/** A whole number that JSON's own would round is its digits there. */
export const jsonTextOf = (value: unknown): JsonText => new JsonText(JSON.stringify(value, (_, each: unknown) => typeof each === 'bigint' ? each.toString() : each))

export const Json = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value.',
  coerceInputValue: jsonTextOf,
  coerceInputLiteral: (node: ValueNode) => jsonTextOf(valueFromASTUntyped(node)),
})

export const scalarOf: Readonly<Record<Form, GraphQLScalarType>> = {
  whole: Int, real: GraphQLFloat, truth: GraphQLBoolean, json: Json, text: GraphQLString, untyped: GraphQLString, file: GraphQLString,
}

export const OrderingTerm = new GraphQLEnumType({
  name: 'OrderingTerm',
  values: {
    ASC: { value: 'ASC' },
    asc: { value: 'ASC', deprecationReason: 'Write ASC.' },
    DESC: { value: 'DESC' },
    desc: { value: 'DESC', deprecationReason: 'Write DESC.' },
  },
})

const single = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'like', 'ilike'] as const
const several = ['in', 'nin'] as const
export const oldName = 'Unify naming with Hasura'

/** What a column may be compared with. Each operator has an old name, without the underscore. */
export const comparisonOf = (scalar: GraphQLScalarType, name = `${scalar.name}Comparison`): GraphQLInputObjectType => new GraphQLInputObjectType({
  name,
  fields: () => Object.fromEntries([
    ...(scalar === Json ? [] : [
      ...single.map((operator) => [operator, scalar] as const),
      ...several.map((operator) => [operator, new GraphQLList(scalar)] as const),
    ]).flatMap(([operator, type]) => [[`_${operator}`, { type }], [operator, { type, deprecationReason: oldName }]] as const),
    ['_is_null', { type: GraphQLBoolean }] as const,
  ]),
})

export const comparisons: ReadonlyMap<GraphQLScalarType, GraphQLInputObjectType> =
  new Map([Int, GraphQLFloat, GraphQLBoolean, GraphQLString, Json].map((scalar) => [scalar, comparisonOf(scalar)]))

/** A number as text, so that no digit is lost on the way. */
export const TextDirective = new GraphQLDirective({
  name: 'text',
  description: 'The value of a column as text: integers past 32 bits and decimals keep all their digits.',
  locations: [DirectiveLocation.FIELD],
})

export const directives = [GraphQLSkipDirective, GraphQLIncludeDirective, TextDirective]

export const staticTypes: readonly GraphQLNamedType[] =
  [Int, GraphQLFloat, GraphQLString, GraphQLBoolean, GraphQLID, Json, OrderingTerm, ...comparisons.values()]
