import { Problem } from '@tenantry/contracts'
import { z } from 'zod'
import type { DatabaseView } from './databases.js'
import { operation } from './operation.js'
import { isStatementJson, readStatement, statementSchema } from './statement.js'

const column = (name: string, type: 'string' | 'timestamp' | 'int') => ({ name, type, 'base-type': type, 'type-info': null })
const fields = [
  column('_id', 'string'), column('name', 'string'), column('owner', 'string'), column('updated_by', 'string'),
  column('created_at', 'timestamp'), column('updated_at', 'timestamp'), column('units', 'int'), column('description', 'string'),
]

const described = {
  method: 'POST', tag: 'Query', permission: 'databases:read', reads: true,
  body: { kind: 'text', description: '`SHOW DATABASES`: any other statement is asked of a database.', json: statementSchema },
  success: {
    status: 200, description: 'The databases of the org, oldest first.',
    schema: z.object({
      schema: z.object({ fields: z.array(z.looseObject({ name: z.string(), type: z.string() })) }),
      data: z.array(z.array(z.union([z.string(), z.null()]))),
      exec_time: z.int(),
      'execution-time': z.int(),
    }),
  },
  problems: ['EngineRejectedQuery', 'InvalidParameter', 'MissingParameter', 'InvalidBody', 'RequestTooLarge', 'AnswerTooLarge'],
  examples: {
    request: 'SHOW DATABASES',
    jsonRequest: { sql: 'SHOW DATABASES' },
    answer: {
      schema: { fields },
      data: [[
        '497f6eca-6276-4993-bfeb-53cbbbba6f08', 'example-database', 'b54c13ac-3977-4e54-bbfa-b33713ac1540', 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
        '2019-08-24T14:15:22.000Z', '2019-08-24T14:15:22.000Z', null, '',
      ]],
      exec_time: 71, 'execution-time': 71,
    },
  },
} as const

/** Where clients ask that know a database by its name only: the fbsql tool does, before its first statement. */
export const runOrgSql = operation({ ...described, id: 'runOrgSql', path: '/sql', summary: 'Show the databases of the org in SQL' })

export const runOrgSqlV2 = operation({ ...described, id: 'runOrgSqlV2', path: '/v2/sql', summary: 'Show the databases of the org in SQL (path with a version)' })

const showDatabases = /^\s*show\s+databases\s*;?\s*$/i

/** Throws Problem for any other statement than the one that is answered of an org. */
export const checkOrgSql = (contentType: string | undefined, body: string): void => {
  const sql = isStatementJson(contentType, body) ? readStatement(body).sql : body
  if (!showDatabases.test(sql)) throw new Problem('EngineRejectedQuery', 'Only SHOW DATABASES is answered here; send other statements to /v2/databases/{database_id}/query/sql.')
}

export const presentShownDatabases = (databases: readonly DatabaseView[], micros: number): z.infer<(typeof described)['success']['schema']> => ({
  schema: { fields },
  data: databases.map(({ id, name, ownedBy, updatedBy, createdAt, updatedAt }) => [id, name, ownedBy, updatedBy, createdAt.toISOString(), updatedAt.toISOString(), null, '']),
  exec_time: micros,
  'execution-time': micros,
})
