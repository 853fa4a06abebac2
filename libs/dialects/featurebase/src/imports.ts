import { z } from 'zod'
import { knownDatabase } from './ids.js'
import { operation } from './operation.js'

const columnName = z.string().min(1).max(300)
const flag = z.enum(['true', 'false'])
/** None of them is part of an id or of CSV's quotes. */
const separators = [';', '|', ',', '/', ':'] as const

const reportSchema = z.object({
  imported: z.int().min(0),
  rejected: z.int().min(0),
  errors: z.array(z.object({ row: z.int().min(1), message: z.string() })),
})

export const importTable = operation({
  id: 'importTable', method: 'POST', path: '/v2/databases/{database_id}/tables/{table}/import', tag: 'Query', summary: 'Import rows of CSV or NDJSON', permission: 'data:write',
  params: knownDatabase.extend({ table: z.string().min(1).max(300) }),
  query: z.object({
    columns: z.string().max(6_000).optional().transform((text) => text?.split(',')).pipe(z.array(columnName).max(1_001).optional())
      .describe('The columns of CSV, in order and between commas, in place of what its header says; `_` leaves one out.'),
    header: flag.default('true').transform((text) => text === 'true').describe('Whether the first row of CSV names the columns.'),
    id: columnName.optional().describe('The column that is the id of the record: `_id` unless said. Without such a column a table whose ids are numbers gives them on from its largest.'),
    separator: z.enum(separators).optional().describe('What stands between several values of a set in one cell of CSV. Without it a cell is one value, or a JSON list.'),
    on_error: z.enum(['abort', 'skip']).default('abort').describe('What a bad row does: keep all from being imported, or be left out and counted.'),
  }),
  body: {
    kind: 'text', types: ['text/csv', 'application/x-ndjson'],
    description: 'Rows, as CSV or as an object on each line. Several values of a set are a JSON list, in CSV quoted in one cell or with `separator` between them; a value at a time is `{"at": …, "values": …}`. What is empty or null is no value, and changes none.',
  },
  success: { status: 200, description: 'All good rows are kept; `errors` has the first hundred bad ones, counted from 1 without the header.', schema: reportSchema },
  streams: true,
  problems: [
    'InvalidParameter', 'InvalidBody', 'InvalidContentType', 'EngineRejectedQuery', 'DatabaseNotFound', 'TableNotFound', 'DatabaseNotReady', 'DatabaseInWrongState', 'QueryTimeout', 'RequestTooSlow', 'RequestTooLarge',
    'TooManyQueries', 'TooManyQueriesOfOrg', 'LanguageNotSupported', 'EngineUnavailable', 'StorageFull',
  ],
  examples: { request: '_id,hobbies\n1,"[""Teaching"",""Diving""]"\n2,Teaching\n', answer: { imported: 2, rejected: 0, errors: [] } },
})

/** The refusal of an import for its bad rows, with the first of them. */
export const presentBadRows = (refusal: object, { rejected, errors }: { readonly rejected: number; readonly errors: readonly object[] }): object => ({ ...refusal, imported: 0, rejected, errors })
