import { z } from 'zod'
import { DatabaseLimitsSchema, EngineNameSchema, databaseStates } from './databases.js'
import { CredentialIdSchema, DatabaseIdSchema, InviteIdSchema, KeyIdSchema, OrgIdSchema, SessionIdSchema, UserIdSchema } from './ids.js'
import { permissions } from './permissions.js'

const AccountFactsSchema = z.object({
  email: z.string(), firstname: z.string(), lastname: z.string(), founder: z.boolean(), orgName: z.string(), serverAdmin: z.boolean(),
  inviteId: InviteIdSchema.optional(),
})
const PermissionSchema = z.union([z.enum(permissions), z.templateLiteral(['platform:', z.string()])])

const ShownFromSchema = z.object({ address: z.string().max(100), chain: z.string().max(16_384), direct: z.boolean() })
/** Where a request came from, as the service that it reached sees it. */
export type ShownFrom = z.infer<typeof ShownFromSchema>

/**
 * The calls that services make to each other, on a cache miss or a slow poll, for the one route that tells limits, for the one that
 * ends an account, or for those that change the logins of a database.
 * Each is answered over NATS request/reply and over HTTP under /internal. Another one needs a decision record.
 */
export const requestSchemas = {
  'identity.key.verify': {
    // The SHA-256 of the key's text, in hex: the key itself never leaves the process it was shown to.
    // Who shows the key is told, so that keys that are none are counted for each caller.
    ask: z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/), from: ShownFromSchema.optional() }),
    answer: z.object({
      keyId: KeyIdSchema, orgId: OrgIdSchema, userId: UserIdSchema, epoch: z.number().int(), account: AccountFactsSchema,
    }),
  },
  /** How many keys an org has and may have: GET /v2/limits tells it, and the keys are identity's. */
  'identity.quota.find': {
    ask: z.object({ orgId: OrgIdSchema }),
    answer: z.object({ keys: z.object({ used: z.number().int(), max: z.number().int() }) }),
  },
  'identity.revocations.since': {
    ask: z.object({ seq: z.number().int().nonnegative() }),
    answer: z.object({
      seq: z.number().int(),
      entries: z.array(z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('session'), id: SessionIdSchema }),
        z.object({ kind: z.literal('key'), id: KeyIdSchema }),
        z.object({ kind: z.literal('user'), id: UserIdSchema, epoch: z.number().int() }),
      ])),
    }),
  },
  'control.rights.find': {
    ask: z.object({ orgId: OrgIdSchema, userId: UserIdSchema, account: AccountFactsSchema }),
    answer: z.object({
      status: z.enum(['Active', 'Deactivated', 'Open', 'Left']), permissions: z.array(PermissionSchema), version: z.number().int(),
    }),
  },
  /** Somebody deletes their account: they leave every org, or none when one of them would have no owner left. Asked again, it is done already. */
  'control.account.end': {
    ask: z.object({
      userId: UserIdSchema,
      /** Whether the address is proven to be the account's. */
      isAddressProven: z.boolean(),
      // For the record of deeds: what the person showed, and where they asked from.
      sessionId: SessionIdSchema, address: z.string(), requestId: z.string(),
    }),
    answer: z.object({}),
  },
  /** Makes these the logins of a database, and no others. Asked again, it is done already. */
  'provisioner.credentials.settle': {
    ask: z.object({
      databaseId: DatabaseIdSchema,
      credentials: z.array(z.object({ id: CredentialIdSchema, kind: z.enum(['owner', 'read-write', 'read-only']), verifier: z.string(), tls: z.boolean() })).max(100),
    }),
    answer: z.object({}),
  },
  'control.target.find': {
    ask: z.object({ orgId: OrgIdSchema, databaseId: DatabaseIdSchema }),
    answer: z.object({
      databaseId: DatabaseIdSchema, orgId: OrgIdSchema, state: z.enum(databaseStates), engine: EngineNameSchema,
      generation: z.number().int(), version: z.number().int(), limits: DatabaseLimitsSchema, node: z.string(),
      /** The registered documents: which set of them this is, and whether no others are run. Of a database that never had any nothing is said. */
      documents: z.object({ version: z.number().int(), only: z.boolean() }).optional(),
    }),
  },
  /** A registered document of GraphQL, on a miss: under one version of its set, what a hash means never changes. */
  'control.document.find': {
    ask: z.object({ orgId: OrgIdSchema, databaseId: DatabaseIdSchema, hash: z.string().regex(/^[0-9a-f]{64}$/) }),
    answer: z.object({ document: z.string().optional() }),
  },
} as const

export type RequestName = keyof typeof requestSchemas
export type AskOf<N extends RequestName> = z.input<(typeof requestSchemas)[N]['ask']>
export type AnswerOf<N extends RequestName> = z.infer<(typeof requestSchemas)[N]['answer']>
export type Revocation = AnswerOf<'identity.revocations.since'>['entries'][number]
export type DatabaseTarget = AnswerOf<'control.target.find'>

export const requestNames = Object.keys(requestSchemas) as readonly RequestName[]
/** Where a call is answered over NATS: outside the subjects of the streams, which would keep it and answer in its place. */
export const internalSubject = (name: RequestName): string => `ask.${name}`
/** Where a call is answered over HTTP: /internal/identity.key.verify and so on. */
export const internalPath = (name: RequestName): string => `/internal/${name}`
