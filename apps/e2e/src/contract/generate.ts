import fc from 'fast-check'
import type { Schema } from '../story/document.js'

const longestText = 60
const mostItems = 3

const within = (schema: Schema, least: string, most: string, usual: number): { min: number; max: number } => {
  const min = Number(schema[least] ?? 0)
  return { min, max: Math.max(min, Math.min(Number(schema[most] ?? usual), usual)) }
}

const textOf = (schema: Schema): fc.Arbitrary<unknown> => {
  const { min, max } = within(schema, 'minLength', 'maxLength', longestText)
  if (schema['format'] === 'uuid') return fc.uuid({ version: 4 })
  if (schema['format'] === 'email') return fc.nat({ max: 1e9 }).map((n) => `person-${n}@example.com`)
  if (schema['format'] === 'date-time') return fc.date({ noInvalidDate: true, min: new Date('2000-01-01'), max: new Date('2100-01-01') }).map((date) => date.toISOString())
  if (typeof schema['pattern'] === 'string') return fc.stringMatching(new RegExp(schema['pattern'], 'u'))
  return fc.oneof(fc.string({ minLength: min, maxLength: max }), fc.string({ unit: 'grapheme', minLength: min, maxLength: max }))
}

const numberOf = (schema: Schema, isWhole: boolean): fc.Arbitrary<unknown> => {
  const min = Number(schema['minimum'] ?? -1e6)
  const max = Number(schema['maximum'] ?? 1e6)
  return isWhole ? fc.integer({ min: Math.max(min, -(2 ** 31)), max: Math.min(max, 2 ** 31 - 1) }) : fc.double({ min, max, noNaN: true })
}

const objectOf = (schema: Schema): fc.Arbitrary<unknown> => {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)
  const required = (schema['required'] ?? []) as string[]
  const known = fc.record(Object.fromEntries(properties.map(([name, of]) => [name, valid(of)])), { requiredKeys: required })
  const others = schema['additionalProperties']
  if (others === undefined || others === false) return known
  return fc.tuple(fc.dictionary(fc.string({ minLength: 1, maxLength: 10 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: mostItems }), known).map(([more, own]) => ({ ...more, ...own }))
}

const arrayOf = (schema: Schema): fc.Arbitrary<unknown> => {
  const { min, max } = within(schema, 'minItems', 'maxItems', mostItems)
  return fc.array(valid((schema['items'] ?? {}) as Schema), { minLength: min, maxLength: max })
}

const typed = (schema: Schema, type: unknown): fc.Arbitrary<unknown> => {
  if (type === 'string') return textOf(schema)
  if (type === 'integer' || type === 'number') return numberOf(schema, type === 'integer')
  if (type === 'boolean') return fc.boolean()
  if (type === 'object') return objectOf(schema)
  if (type === 'array') return arrayOf(schema)
  return type === 'null' ? fc.constant(null) : fc.jsonValue({ maxDepth: 2 })
}

/** Values that a JSON Schema takes; rules that it cannot say (a trimmed name) are not kept. */
export const valid = (schema: Schema): fc.Arbitrary<unknown> => {
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum'] as unknown[])
  if ('const' in schema) return fc.constant(schema['const'])
  const choices = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined
  if (choices) return fc.oneof(...choices.map(valid))
  const types = [schema['type']].flat()
  return fc.oneof(...types.map((type) => typed(schema, type)))
}

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }), fc.constantFrom<unknown>('', ' ', '\0', '\ud800', '../..', '%00', `'; --`, '${7*7}', '🦆'.repeat(400), 'x'.repeat(5_000), -1, 0, 1e308, 2 ** 53, true, null, [], {}, [[]]),
)

/** A body with one field taken away, or made into something else; or no such object at all. */
export const broken = (schema: Schema): fc.Arbitrary<unknown> => {
  const names = Object.keys((schema['properties'] ?? {}) as object)
  if (names.length === 0) return odd
  const changed = fc.tuple(valid(schema), fc.constantFrom(...names), fc.option(odd, { nil: undefined })).map(([body, name, value]) => {
    const { [name]: _gone, ...rest } = body as Record<string, unknown>
    return value === undefined ? rest : { ...rest, [name]: value }
  })
  return fc.oneof({ weight: 3, arbitrary: changed }, { weight: 1, arbitrary: odd })
}

/** What stands in a path where an id should: also what is none. */
export const oddSegment: fc.Arbitrary<string> = fc.oneof(
  fc.uuid(), fc.string({ minLength: 1, maxLength: 40 }), { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }) },
  fc.constantFrom('null', 'undefined', '0', '-1', '00000000-0000-0000-0000-000000000000', `' or 1=1 --`, 'x'.repeat(300), '..;', '*', 'current'),
)

/** What stands after the question mark: what the schema takes, and what it does not. */
export const queryValue = (schema: Schema): fc.Arbitrary<string> => fc.oneof(valid(schema).map(String), odd.map((value) => typeof value === 'string' ? value : JSON.stringify(value)))
