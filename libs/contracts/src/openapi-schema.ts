import { z } from 'zod'

export type Json = Record<string, unknown>

/** The dialect of every schema in the document: JSON Schema itself, as zod writes it. */
export const schemaDialect = 'https://json-schema.org/draft/2020-12/schema'

/** What a schema takes ('input') or gives ('output'), as JSON Schema. What may be null says so in its `type`. */
export const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io, unrepresentable: 'any', target: 'draft-2020-12', override: ({ jsonSchema: made }) => { sayNull(made as Json) },
  }) as Json
  return rest
}

/** `anyOf: [T, null]` becomes T with the type `[…, 'null']`, which generators of clients understand. */
const sayNull = (made: Json): void => {
  const choices = made['anyOf'] as Json[] | undefined
  const [kept, nothing, ...more] = choices ?? []
  if (!kept || more.length > 0 || nothing?.['type'] !== 'null' || typeof kept['type'] !== 'string') return
  delete made['anyOf']
  Object.assign(made, kept, { type: [kept['type'], 'null'] }, Array.isArray(kept['enum']) && { enum: [...kept['enum'] as unknown[], null] })
}

export const exampleOf = (example: unknown): Json => example === undefined ? {} : { example }
