import { z } from 'zod'
import { knownDatabase } from './ids.js'
import { operation } from './operation.js'

const option = z.union([z.string(), z.number(), z.boolean()])
const fieldSchema = z.looseObject({ name: z.string(), options: z.record(z.string(), option).optional() })
const indexSchema = z.looseObject({
  name: z.string(),
  options: z.looseObject({ keys: z.boolean().optional(), trackExistence: z.boolean().optional(), description: z.string().optional() }).optional(),
  fields: z.array(fieldSchema).optional(),
})
const schemaSchema = z.looseObject({ indexes: z.array(indexSchema) })

const example = {
  indexes: [{
    name: 'skills', options: { keys: true, trackExistence: true },
    fields: [{ name: 'bools', options: { type: 'set', keys: true } }, { name: 'age', options: { type: 'int', min: 0, max: 150 } }],
  }],
}

const problems = ['InvalidParameter', 'DatabaseNotFound', 'DatabaseNotReady', 'DatabaseInWrongState', 'QueryTimeout', 'AnswerTooLarge', 'TooManyQueries', 'TooManyQueriesOfOrg', 'LanguageNotSupported', 'EngineUnavailable'] as const

export const readSchema = operation({
  id: 'readSchema', method: 'GET', path: '/v2/databases/{database_id}/schema', tag: 'Query', summary: 'Read the tables and fields of a database', permission: 'data:read', params: knownDatabase,
  success: { status: 200, description: 'Tables and fields, as a FeatureBase server tells them.', schema: schemaSchema },
  problems: [...problems],
  examples: { answer: example },
})

export const applySchema = operation({
  id: 'applySchema', method: 'POST', path: '/v2/databases/{database_id}/schema', tag: 'Query', summary: 'Make tables and fields that are not there', permission: 'data:write', params: knownDatabase,
  body: { kind: 'json', schema: schemaSchema },
  success: { status: 204, description: 'Everything of the schema is there; what was there before stayed as it was.' },
  problems: [...problems, 'InvalidBody', 'RequestTooLarge', 'StorageFull'],
  examples: { request: example },
})
