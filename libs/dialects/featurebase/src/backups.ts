import { type Page, pageLimits, placeOf } from '@tenantry/contracts'
import { z } from 'zod'
import { knownDatabase } from './ids.js'
import { operation } from './operation.js'

/** The document says nothing of what a backup looks like; these are our words for it. */
export const backupSchema = z.object({
  id: z.uuid(), database_id: z.uuid(), org_id: z.uuid(), status: z.enum(['CREATING', 'COMPLETED', 'FAILED']), size_bytes: z.int(),
  created_at: z.iso.datetime(), created_by: z.uuid(), expires_at: z.iso.datetime(),
})

export type BackupView = z.infer<typeof backupSchema>

// The cursor comes back by the name that the envelope gives it, or by that of the other lists.
const backupsQuery = z.object({
  continuation: z.string().max(200).optional(),
  next: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(pageLimits.max).default(pageLimits.default),
}).transform(({ continuation, next, limit }) => {
  const cursor = continuation || next
  return { limit, ...(cursor && { after: placeOf(cursor) }) }
})

export const presentBackups = (page: Page<BackupView>): { continuation: string; backups: BackupView[] } =>
  ({ continuation: page.next ?? '', backups: [...page.items] })

export const listBackups = operation({
  id: 'listBackups', method: 'GET', path: '/v2/databases/{database_id}/backups', tag: 'Backups', summary: 'List the backups of a database',
  permission: 'backups:read', params: knownDatabase, query: backupsQuery,
  success: { status: 200, description: 'One page of backups. None are taken yet, so the list is empty.', schema: z.object({ continuation: z.string(), backups: z.array(backupSchema) }) },
  problems: ['InvalidParameter', 'DatabaseNotFound'],
  examples: { answer: { continuation: '', backups: [] } },
})
