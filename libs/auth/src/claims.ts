import { InviteIdSchema, OrgIdSchema, type Principal, SessionIdSchema, UserIdSchema } from '@tenantry/contracts'
import { z } from 'zod'

/** Whom our tokens are for. */
export const tokenAudience = 'tenantry'
export const tokenAlgorithm = 'RS256'
export const tokenLifeSeconds = 3600
/** How far the clocks of two machines may be apart. */
export const leewaySeconds = 30

/** A token's header says what it is, and the claim inside says the same. */
export const tokenTypes = { id: 'JWT', access: 'at+jwt' } as const
export type TokenUse = keyof typeof tokenTypes

export const TokenHeaderSchema = z.strictObject({
  alg: z.literal(tokenAlgorithm),
  typ: z.enum(tokenTypes),
  kid: z.string().min(1).max(64),
})

export const TokenClaimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: UserIdSchema,
  org_id: OrgIdSchema,
  sid: SessionIdSchema,
  epoch: z.number().int().nonnegative(),
  token_use: z.enum(['id', 'access']),
  jti: z.string().min(1),
  iat: z.number().int(),
  exp: z.number().int(),
  email: z.string(),
  given_name: z.string(),
  family_name: z.string(),
  founder: z.boolean(),
  org_name: z.string(),
  server_admin: z.boolean(),
  invite_id: InviteIdSchema.optional(),
})
export type TokenClaims = z.infer<typeof TokenClaimsSchema>

export const principalOf = (claims: TokenClaims): Principal => Object.freeze({
  userId: claims.sub,
  orgId: claims.org_id,
  credential: Object.freeze({ kind: 'session', id: claims.sid } as const),
  epoch: claims.epoch,
  account: Object.freeze({
    email: claims.email,
    firstname: claims.given_name,
    lastname: claims.family_name,
    founder: claims.founder,
    orgName: claims.org_name,
    serverAdmin: claims.server_admin,
    ...(claims.invite_id !== undefined && { inviteId: claims.invite_id }),
  }),
})

/** A token's text taken apart; undefined for whatever cannot be one of ours. Nothing is proven by this. */
export const tokenHeader = (text: string): z.infer<typeof TokenHeaderSchema> | undefined => {
  if (text.length > mostTokenLength || !tokenShape.test(text)) return undefined
  try {
    return TokenHeaderSchema.safeParse(JSON.parse(Buffer.from(text.slice(0, text.indexOf('.')), 'base64url').toString())).data
  } catch {
    return undefined
  }
}

const mostTokenLength = 8192
const tokenShape = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/
