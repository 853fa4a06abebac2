import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Api, read } from './api.js'

export interface Person {
  readonly userId: string
  readonly orgId: string
  readonly email: string
  readonly password: string
  readonly token: string
}

const tokens = z.object({ AuthenticationResult: z.object({ IdToken: z.string(), AccessToken: z.string(), RefreshToken: z.string() }) })
const account = tokens.extend({ user_id: z.string(), org_id: z.string() })

/** Somebody new, with an org of their own. */
export const signUp = async (api: Api): Promise<Person> => {
  const email = `person-${randomUUID()}@example.com`
  const password = `a long password ${randomUUID()}`
  const made = read(account, 201, await api('POST', '/id/signup', { json: { email, password, firstname: 'Ada', lastname: 'Byron' } }))
  return { userId: made.user_id, orgId: made.org_id, email, password, token: made.AuthenticationResult.IdToken }
}

/** The token of a further session of the same person. */
export const logIn = async (api: Api, { email, password }: Person): Promise<string> =>
  read(tokens, 200, await api('POST', '/id', { json: { USERNAME: email, PASSWORD: password } })).AuthenticationResult.AccessToken

const keyMade = z.object({ id: z.string(), secret: z.string() })

export const createKey = async (api: Api, { userId, token }: Person): Promise<z.infer<typeof keyMade>> =>
  read(keyMade, 201, await api('POST', `/v2/users/${userId}/keys`, { token, json: { description: 'for the nightly report' } }))
