import { z } from 'zod'
import { AuditEntrySchema } from './audit.js'
import { DatabaseLimitsSchema, EngineNameSchema, databaseFacts, databaseStates } from './databases.js'
import { DatabaseIdSchema, InviteIdSchema, KeyIdSchema, OrgIdSchema, SessionIdSchema, UserIdSchema } from './ids.js'

/** What every event carries beside its own facts. `id` is the outbox row's: a consumer takes each id once. */
const envelope = { id: z.uuid(), at: z.iso.datetime() }

/** What a database shall be. The provisioner needs nothing else: it compares this with what it sees. */
export const DesiredSchema = z.object({
  databaseId: DatabaseIdSchema,
  orgId: OrgIdSchema,
  engine: EngineNameSchema,
  /** The engine host that owns the files. */
  node: z.string(),
  limits: DatabaseLimitsSchema,
  /** Names the data: 1 at create, one more by restore or move. */
  generation: z.number().int().positive(),
  /** Orders the wishes: a lower version never overrides a higher one. */
  version: z.number().int().positive(),
  present: z.boolean(),
  power: z.enum(['on', 'off']),
})
export type Desired = z.infer<typeof DesiredSchema>

const membership = { orgId: OrgIdSchema, userId: UserIdSchema, version: z.number().int() }
const account = { userId: UserIdSchema, email: z.string(), firstname: z.string(), lastname: z.string() }

/** Subject → payload. Past tense, owner first; the word before the first dot names the stream. Never a secret. */
export const eventSchemas = {
  'identity.account.registered': z.object({ ...envelope, ...account, orgId: OrgIdSchema, orgName: z.string(), serverAdmin: z.boolean() }),
  /** Whether the account may administrate the server; `version` counts the changes of that. */
  'identity.account.admin-set': z.object({ ...envelope, userId: UserIdSchema, serverAdmin: z.boolean(), version: z.number().int() }),
  /** Somebody has followed the link of an invite. Whether that makes a member of them is the control plane's to say. */
  'identity.invite.accepted': z.object({
    ...envelope, ...account, orgId: OrgIdSchema, inviteId: InviteIdSchema, serverAdmin: z.boolean(),
    /** The account was there before. */
    hadAccount: z.boolean(),
    /** The account's tokens name the invite's org from now on. */
    isHome: z.boolean(),
  }),
  'identity.session.ended': z.object({ ...envelope, userId: UserIdSchema, sessionId: SessionIdSchema }),
  'identity.key.created': z.object({ ...envelope, orgId: OrgIdSchema, userId: UserIdSchema, keyId: KeyIdSchema }),
  'identity.key.revoked': z.object({ ...envelope, orgId: OrgIdSchema, userId: UserIdSchema, keyId: KeyIdSchema }),
  /** Something was changed at identity's own: the control plane writes it down. */
  'identity.deed.done': z.object({ ...envelope, orgId: OrgIdSchema, entry: AuditEntrySchema }),
  'identity.user.epoch-raised': z.object({ ...envelope, userId: UserIdSchema, epoch: z.number().int() }),
  'control.database.desired': z.object({ ...envelope, ...DesiredSchema.shape }),
  'control.database.moved': z.object({
    ...envelope, databaseId: DatabaseIdSchema, orgId: OrgIdSchema, generation: z.number().int(), version: z.number().int(),
    state: z.enum(databaseStates),
  }),
  /** Other documents are registered with a database, or others are run; `version` numbers their sets. */
  'control.documents.set': z.object({ ...envelope, databaseId: DatabaseIdSchema, orgId: OrgIdSchema, version: z.number().int() }),
  /** The data of a deleted database is wanted by nobody any more. */
  'control.database.purge-asked': z.object({ ...envelope, databaseId: DatabaseIdSchema, orgId: OrgIdSchema, generation: z.number().int().positive() }),
  'control.rights.changed': z.object({ ...envelope, orgId: OrgIdSchema, userId: UserIdSchema, version: z.number().int() }),
  // A membership has changed; `version` is its own, so that what is said last is told from what arrives last.
  'control.user.deactivated': z.object({ ...envelope, ...membership }),
  'control.user.activated': z.object({ ...envelope, ...membership }),
  // `orgDeleted` says that the org itself is gone: whoever had no other one needs one.
  'control.user.removed': z.object({ ...envelope, ...membership, orgDeleted: z.boolean().optional() }),
  /** The person has left every org, and the account behind is to end. Its id never comes back. */
  'control.account.ended': z.object({ ...envelope, userId: UserIdSchema }),
  /** `userId` is the one that a new account is to have; `expiresAt` ends the link. The link itself is identity's to make. */
  'control.invite.sent': z.object({
    ...envelope, inviteId: InviteIdSchema, orgId: OrgIdSchema, orgName: z.string(), email: z.string(), userId: UserIdSchema, by: UserIdSchema, expiresAt: z.iso.datetime(),
  }),
  'control.invite.revoked': z.object({ ...envelope, inviteId: InviteIdSchema, orgId: OrgIdSchema }),
  /** A user's tokens are to name another org. */
  'control.user.moved': z.object({ ...envelope, userId: UserIdSchema, orgId: OrgIdSchema, fromOrgId: OrgIdSchema, inviteId: InviteIdSchema }),
  'provisioner.database.seen': z.object({
    ...envelope, databaseId: DatabaseIdSchema, orgId: OrgIdSchema, generation: z.number().int(), version: z.number().int(),
    fact: z.enum(databaseFacts), reason: z.string().optional(),
  }),
  /** The data of a deleted database is gone for good, and so is what it lived on. */
  'provisioner.database.purged': z.object({ ...envelope, databaseId: DatabaseIdSchema, orgId: OrgIdSchema, generation: z.number().int() }),
} as const

export type EventSubject = keyof typeof eventSchemas
export type EventOf<S extends EventSubject> = z.infer<(typeof eventSchemas)[S]>
/** An event before the outbox gives it an id and a time. */
export type EventFacts<S extends EventSubject> = Omit<EventOf<S>, 'id' | 'at'>

export const streams = { identity: 'IDENTITY', control: 'CONTROL', provisioner: 'PROVISIONER' } as const
export type StreamOwner = keyof typeof streams
export type StreamName = (typeof streams)[StreamOwner]

export const streamOf = (subject: EventSubject): StreamName => streams[subject.slice(0, subject.indexOf('.')) as StreamOwner]
