import { z } from 'zod'
import { type TokensView, authenticationResult, line, presentTokens } from './login.js'
import { operation } from './operation.js'

const acceptBody = z.object({
  token: z.string().min(1).max(1024),
  firstname: line(300).optional(),
  lastname: line(300).optional(),
  password: z.string().max(8192).optional(),
})

const acceptedSchema = z.object({ user_id: z.uuid(), org_id: z.uuid(), invite_id: z.uuid(), AuthenticationResult: authenticationResult.optional() })

export interface AcceptedView {
  readonly userId: string
  readonly orgId: string
  readonly inviteId: string
  /** Of an account that was made just now; one that was there logs in as ever. */
  readonly tokens?: TokensView | undefined
}

export const presentAccepted = ({ userId, orgId, inviteId, tokens }: AcceptedView): z.infer<typeof acceptedSchema> =>
  ({ user_id: userId, org_id: orgId, invite_id: inviteId, ...(tokens && presentTokens(tokens)) })

const ids = {
  user_id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', org_id: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b', invite_id: '2818c738-8b76-408a-9294-ea9d0ab5d105',
}

/** Ours: the original left this to its console. */
export const acceptInvite = operation({
  id: 'acceptInvite', method: 'POST', path: '/id/invites/accept', tag: 'Login', summary: 'Accept an invite with the token of a mailed link', permission: 'anyone',
  body: { kind: 'json', schema: acceptBody, anyContentType: true },
  success: {
    status: 201, schema: acceptedSchema,
    description: 'The person of the mailed address is a member of the org. An account is made for them, with the names and the password, and logged in, if there was none; one that was there, whose address nobody had confirmed, has the password as its new one; and one that was there stays in its org until it is moved with POST /v2/users/{id}/action/invite.',
  },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'LinkNotValid', 'SignUpClosed', 'EmailTaken', 'RequestTooLarge', 'TooManyRequests'],
  examples: {
    request: { token: 'pXcvB…', firstname: 'John', lastname: 'Doe', password: 'a new secret password' },
    answer: { ...ids, AuthenticationResult: { AccessToken: 'ey..g', ExpiresIn: 3600, IdToken: 'ey..w', RefreshToken: 'ey..A', TokenType: 'Bearer' } },
  },
})
