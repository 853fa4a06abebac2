import { z } from 'zod'
import { truth } from './go-bool.js'
import { knownDatabase } from './ids.js'
import { operation } from './operation.js'
import { pqlWire } from './problems.js'
import { statementSchema } from './statement.js'

const answerSchema = z.object({
  schema: z.object({ fields: z.array(z.looseObject({ name: z.string(), type: z.string() })) }),
  data: z.array(z.array(z.unknown())),
  warnings: z.array(z.string()).optional(),
  'query-plan': z.looseObject({}).optional(),
  'rows-affected': z.int().optional(),
  exec_time: z.int(),
  'execution-time': z.int(),
})

const query = {
  method: 'POST', tag: 'Query', permission: 'data:read', params: knownDatabase,
  query: z.object({ plan: truth.describe('Whether the plan of the statement is told too.') }),
  body: { kind: 'text', description: 'One statement in the SQL of the database\'s engine.', json: statementSchema },
  success: { status: 200, description: 'The answer; times are in microseconds.', schema: answerSchema },
  problems: [
    'EngineRejectedQuery', 'InvalidParameter', 'MissingParameter', 'InvalidBody', 'DatabaseNotFound', 'DatabaseNotReady', 'DatabaseInWrongState', 'QueryTimeout', 'RequestTooLarge', 'AnswerTooLarge', 'TooManyQueries', 'TooManyQueriesOfOrg',
    'LanguageNotSupported', 'EngineUnavailable', 'StorageFull',
  ],
  examples: {
    request: 'select 1 as one',
    jsonRequest: { sql: 'select ? as one', params: [1] },
    answer: { schema: { fields: [{ name: 'one', type: 'int' }] }, data: [[1]], exec_time: 71, 'execution-time': 71 },
  },
} as const

export const runSql = operation({ ...query, id: 'runSql', path: '/v2/databases/{database_id}/query/sql', summary: 'Run one SQL statement' })

/** Where the fbsql tool sends its statements, when it was told of a host alone. */
export const runSqlShort = operation({ ...query, id: 'runSqlShort', path: '/databases/{database_id}/sql', summary: 'Run one SQL statement (short path)' })

/** And when it was told of a host with the version behind it. */
export const runSqlShortV2 = operation({ ...query, id: 'runSqlShortV2', path: '/v2/databases/{database_id}/sql', summary: 'Run one SQL statement (short path with a version)' })

/** Where the Python client sends its statements, when it was told of a host alone. */
export const runSqlUnversioned = operation({ ...query, id: 'runSqlUnversioned', path: '/databases/{database_id}/query/sql', summary: 'Run one SQL statement (path without a version)' })

const tableName = z.string().regex(/^[^\][\n]{1,300}$/).optional().describe('The table that is asked; the query itself may name it too, as in `[table]Count(All())`.')

const pql = operation({
  id: 'runPql', method: 'POST', path: '/v2/databases/{database_id}/query/pql', tag: 'Query', summary: 'Run PQL', permission: 'data:read', params: knownDatabase,
  query: z.object({ table: tableName }),
  body: { kind: 'text', description: 'Calls of PQL, with the table before them in brackets or in `table`. They are run in order; each sees what those before it wrote.' },
  success: { status: 200, description: 'What each call answers, in order; null without a call.', schema: z.object({ results: z.array(z.unknown()).nullable() }) },
  problems: [...query.problems, 'TableNotFound'],
  examples: {
    request: '[cseg]Count(Intersect(Row(hobbies="Teaching"),Distinct(Row(bools=\'available_for_hire\'), field= id, index=skills)))',
    answer: { results: [1] },
  },
})

export const runPql = { ...pql, wire: pqlWire }

/** The body of an answer to PQL in pieces. */
export const pqlParts = (results: Buffer): Buffer[] => [Buffer.from('{"results":'), results, Buffer.from('}')]

/** The same body as one text, each byte a character of it (latin1). */
export const pqlText = ({ data }: { readonly data: Buffer }): string => `{"results":${data.toString('latin1')}}`

export interface SqlAnswer {
  readonly fields: Buffer
  readonly data: Buffer
  readonly rows: number
  readonly micros: number
  readonly plan?: Buffer
  readonly warnings?: Buffer
}

const open = Buffer.from('{"schema":{"fields":')
const thenData = Buffer.from('},"data":')
const thenPlan = ',"query-plan":'
const listOpens = 0x5b
const noFields = Buffer.from('[]')

// Both names of the time are sent: clients read one or the other.
const closing = ({ fields, rows, micros }: SqlAnswer): string =>
  `${fields.length === noFields.length && fields.equals(noFields) ? `,"rows-affected":${rows}` : ''},"exec_time":${micros},"execution-time":${micros}}`

// Whoever is warned of nothing sees no such key: clients show it as soon as it is there.
const warning = ({ warnings }: SqlAnswer): string => warnings ? `,"warnings":${warnings.toString('latin1')}` : ''

// A plan is an object to clients; an engine whose plan is a list of steps gives that list under a name.
const planning = ({ plan }: SqlAnswer): string => {
  if (!plan) return ''
  const text = plan.toString('latin1')
  return plan[0] === listOpens ? `${thenPlan}{"steps":${text}}` : `${thenPlan}${text}`
}

/** The answer's body in pieces, its JSON untouched. */
export const answerParts = (answer: SqlAnswer): Buffer[] => {
  const { fields, data } = answer
  return [open, fields, thenData, data, Buffer.from(warning(answer) + planning(answer) + closing(answer), 'latin1')]
}

/** The same body as one text, each byte a character of it (latin1): cheaper than pieces where the answer is small. */
export const answerText = (answer: SqlAnswer): string => {
  const { fields, data } = answer
  return `{"schema":{"fields":${fields.toString('latin1')}},"data":${data.toString('latin1')}${warning(answer)}${planning(answer)}${closing(answer)}`
}
