import { CredentialIdSchema, DatabaseIdSchema } from '@tenantry/contracts'
import { z } from 'zod'
import { databaseMissing, idParameter } from './ids.js'
import { operation } from './operation.js'

const credentialMissing = 'There is no such credential.'

const kindSchema = z.enum(['owner', 'read-write', 'read-only'])

const credentialSchema = z.object({
  id: z.uuid(),
  database_id: z.uuid(),
  name: z.string(),
  kind: kindSchema,
  tls: z.boolean(),
  user: z.string(),
  host: z.string(),
  port: z.int(),
  database: z.string(),
  created_at: z.iso.datetime(),
  created_by: z.uuid(),
  reset_at: z.iso.datetime().nullable(),
})

const shownSchema = credentialSchema.extend({ password: z.string(), connection_string: z.string() })

export interface CredentialView {
  readonly id: string
  readonly databaseId: string
  readonly name: string
  readonly kind: z.infer<typeof kindSchema>
  readonly tls: boolean
  readonly createdAt: Date
  readonly createdBy: string
  readonly resetAt: Date | null
  /** Where it logs in, and as whom. */
  readonly at: { readonly user: string; readonly host: string; readonly port: number; readonly database: string }
}

export const presentCredential = ({ at, ...credential }: CredentialView): z.infer<typeof credentialSchema> => ({
  id: credential.id,
  database_id: credential.databaseId,
  name: credential.name,
  kind: credential.kind,
  tls: credential.tls,
  user: at.user,
  host: at.host,
  port: at.port,
  database: at.database,
  created_at: credential.createdAt.toISOString(),
  created_by: credential.createdBy,
  reset_at: credential.resetAt?.toISOString() ?? null,
})

/** The only time that a password is shown. */
export const presentNewCredential = (credential: CredentialView, password: string): z.infer<typeof shownSchema> => ({
  ...presentCredential(credential),
  password,
  connection_string: `postgres://${credential.at.user}:${password}@${credential.at.host}:${credential.at.port}/${credential.at.database}${credential.tls ? '?sslmode=require' : ''}`,
})

const knownDatabase = z.object({ database_id: idParameter(DatabaseIdSchema, 'DatabaseNotFound', databaseMissing) })
// Of a login in a database that is not there it is told what is told of one that never was.
const knownCredential = z.object({ database_id: idParameter(DatabaseIdSchema, 'CredentialNotFound', credentialMissing), credential_id: idParameter(CredentialIdSchema, 'CredentialNotFound', credentialMissing) })

const noControls = /^[^\p{Cc}]*$/u
const bodySchema = z.object({
  name: z.string().max(100, 'must have at most 100 characters').regex(noControls, 'must have no control characters').default(''),
  kind: kindSchema.default('read-write'),
  tls: z.boolean().default(false).meta({ description: 'Whether the login gets in by TLS alone.' }),
})

const example = {
  id: '0c4f1a8e-1f43-4c0e-9f0e-4d2e7c1b6a55', database_id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', name: 'reports', kind: 'read-only', tls: false,
  user: 't_5d41402abc4b2a76b9719d91_c7d793037a076', host: '127.0.0.1', port: 25432, database: 't_5d41402abc4b2a76b9719d91',
  created_at: '2026-08-24T14:15:22.000Z', created_by: 'ee824cad-d7a6-4f48-87dc-e8461a9201c4', reset_at: null,
} as const
const shown = {
  ...example, password: 'nQ0mT9sX4cVb7KpL2wZr5yHd8fGj1aEu',
  connection_string: 'postgres://t_5d41402abc4b2a76b9719d91_c7d793037a076:nQ0mT9sX4cVb7KpL2wZr5yHd8fGj1aEu@127.0.0.1:25432/t_5d41402abc4b2a76b9719d91',
} as const

const changing = ['DatabaseNotReady', 'DatabaseInWrongState', 'LanguageNotSupported', 'EngineUnavailable', 'ServiceUnavailable'] as const

export const listCredentials = operation({
  id: 'listCredentials', method: 'GET', path: '/v2/databases/{database_id}/credentials', tag: 'Credentials', summary: 'List the logins of a database',
  permission: 'credentials:read', params: knownDatabase,
  success: { status: 200, description: 'All of them, oldest first, without their passwords.', schema: z.object({ resources: z.array(credentialSchema) }) },
  problems: ['DatabaseNotFound', 'LanguageNotSupported'],
  examples: { answer: { resources: [example] } },
})

export const createCredential = operation({
  id: 'createCredential', method: 'POST', path: '/v2/databases/{database_id}/credentials', tag: 'Credentials', summary: 'Create a login for clients of the engine itself',
  permission: 'credentials:write', params: knownDatabase, deed: { object: 'credential', showsSecret: true }, body: { kind: 'json', schema: bodySchema },
  success: { status: 201, description: 'The login; its password is shown this once.', schema: shownSchema },
  problems: ['InvalidBody', 'InvalidParameter', 'InvalidContentType', 'ResourceLimitExceeded', 'RequestTooLarge', 'DatabaseNotFound', ...changing],
  examples: { request: { name: 'reports', kind: 'read-only' }, answer: shown },
})

export const resetCredential = operation({
  id: 'resetCredential', method: 'POST', path: '/v2/databases/{database_id}/credentials/{credential_id}/action/reset', tag: 'Credentials', summary: 'Give a login another password',
  permission: 'credentials:write', params: knownCredential, deed: { object: 'credential', param: 'credential_id', showsSecret: true },
  success: { status: 200, description: 'The login with its new password. The old one is good no more, and who had come in by it is out.', schema: shownSchema },
  problems: ['CredentialNotFound', ...changing],
  examples: { answer: { ...shown, reset_at: '2026-08-24T15:15:22.000Z' } },
})

export const deleteCredential = operation({
  id: 'deleteCredential', method: 'DELETE', path: '/v2/databases/{database_id}/credentials/{credential_id}', tag: 'Credentials', summary: 'End a login',
  permission: 'credentials:write', params: knownCredential, deed: { object: 'credential', param: 'credential_id' },
  success: { status: 204, description: 'There is no such login any more, and who had come in by it is out. What it made is the owner\'s.' },
  problems: ['CredentialNotFound', ...changing],
})
