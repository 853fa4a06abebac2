import type { DatabaseState } from '@tenantry/contracts'
import { z } from 'zod'
import { knownDatabase } from './ids.js'
import { operation } from './operation.js'
import { listOf, linesPageQuery } from './page.js'
import { databaseStatus } from './states.js'

const results = ['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'OVERTAKEN'] as const

export const deedSchema = z.object({
  id: z.string(),
  database_id: z.uuid(),
  kind: z.string(),
  result: z.enum(results),
  from_status: z.string().nullable(),
  to_status: z.string().nullable(),
  requested_by: z.uuid().nullable(),
  requested_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
})

export interface DeedView {
  readonly seq: number
  readonly fact: string
  readonly from: DatabaseState | null
  readonly to: DatabaseState | null
  readonly by: string | null
  readonly at: Date
  readonly endedAt: Date | null
  readonly reason: string | null
  readonly overtaken: boolean
}

const kinds: Readonly<Record<string, string>> = {
  created: 'create', stopAsked: 'stop', startAsked: 'start', deletionAsked: 'delete', undeleteAsked: 'undelete', quarantineAsked: 'quarantine',
  retryAsked: 'retry', purgeAsked: 'purge',
}

const resultOf = ({ to, overtaken }: DeedView): (typeof results)[number] => {
  if (to === null) return overtaken ? 'OVERTAKEN' : 'IN_PROGRESS'
  return to === 'FAILED' ? 'FAILED' : 'SUCCEEDED'
}

/** What was asked of a database and what came of it. Operations are numbered within their database. */
export const presentDeed = (databaseId: string) => (deed: DeedView): z.infer<typeof deedSchema> => ({
  id: String(deed.seq),
  database_id: databaseId,
  kind: kinds[deed.fact] ?? deed.fact,
  result: resultOf(deed),
  from_status: deed.from && databaseStatus[deed.from],
  to_status: deed.to && databaseStatus[deed.to],
  requested_by: deed.by,
  requested_at: deed.at.toISOString(),
  ended_at: deed.endedAt?.toISOString() ?? null,
  reason: deed.reason,
})

export const listDatabaseOperations = operation({
  id: 'listDatabaseOperations', method: 'GET', path: '/v2/databases/{database_id}/operations', tag: 'Databases', summary: 'List what was asked of a database, and what came of it',
  permission: 'databases:read', params: knownDatabase, query: linesPageQuery,
  success: { status: 200, description: 'One page of operations, newest first. OVERTAKEN is one that the next was asked before the end of.', schema: listOf(deedSchema) },
  problems: ['InvalidParameter', 'DatabaseNotFound'],
  examples: { answer: { next: '', resources: [{
    id: '4', database_id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', kind: 'stop', result: 'SUCCEEDED', from_status: 'RUNNING', to_status: 'STOPPED',
    requested_by: 'ee824cad-d7a6-4f48-87dc-e8461a9201c4', requested_at: '2019-08-24T14:15:22Z', ended_at: '2019-08-24T14:15:23Z', reason: null,
  }] } },
})
