import { type Operation, Problem, type ProblemWire } from '@tenantry/contracts'
import { z } from 'zod'
import { operation } from './operation.js'
import { problemWire } from './problems.js'

/** The login answers as the original's identity provider did, whose clients look for `__type`. */
export const loginWire: ProblemWire = {
  body: (problem, status) => ({
    ...problemWire.body(problem, status),
    ...(problem.kind === 'unauthenticated' && { __type: 'NotAuthorizedException' }),
  }),
}

export const loginOperation = <const O extends Omit<Operation, 'wire'>>(described: O): O & Pick<Operation, 'wire'> => ({ ...operation(described), wire: loginWire })

/** What a client logs in with: an address and a password, or the refresh token of an earlier login. */
export type LoginWish =
  | { readonly kind: 'password'; readonly email: string; readonly password: string }
  | { readonly kind: 'refresh'; readonly refreshToken: string }

const loginBody = z.object({
  USERNAME: z.string().max(1024).optional(),
  PASSWORD: z.string().max(8192).optional(),
  REFRESH_TOKEN: z.string().max(1024).optional(),
}).transform(({ USERNAME, PASSWORD, REFRESH_TOKEN }, context): LoginWish => {
  if (REFRESH_TOKEN !== undefined) return { kind: 'refresh', refreshToken: REFRESH_TOKEN }
  if (USERNAME !== undefined && PASSWORD !== undefined) return { kind: 'password', email: USERNAME, password: PASSWORD }
  const problem = new Problem('MissingParameter', 'USERNAME and PASSWORD are required, or REFRESH_TOKEN.')
  context.addIssue({ code: 'custom', params: { problem } })
  return z.NEVER
})

export const authenticationResult = z.object({
  AccessToken: z.string(), ExpiresIn: z.int(), IdToken: z.string(), RefreshToken: z.string(), TokenType: z.literal('Bearer'),
})
const loginAnswer = z.object({ AuthenticationResult: authenticationResult })

export interface TokensView {
  readonly accessToken: string
  readonly idToken: string
  readonly refreshToken: string
  readonly expiresInSeconds: number
}

export const presentTokens = (tokens: TokensView): z.infer<typeof loginAnswer> => ({
  AuthenticationResult: {
    AccessToken: tokens.accessToken, ExpiresIn: tokens.expiresInSeconds, IdToken: tokens.idToken, RefreshToken: tokens.refreshToken, TokenType: 'Bearer',
  },
})

const logIn = {
  method: 'POST', tag: 'Login', permission: 'anyone', body: { kind: 'json', schema: loginBody, anyContentType: true },
  success: { status: 200, description: 'Tokens. Send the IdToken as "Authorization: Bearer …".', schema: loginAnswer },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'LoginFailed', 'RequestTooLarge', 'TooManyRequests'],
  examples: {
    request: { USERNAME: 'john.doe@example.com', PASSWORD: 'secretpassword' },
    answer: { AuthenticationResult: { AccessToken: 'ey..g', ExpiresIn: 3600, IdToken: 'ey..w', RefreshToken: 'ey..A', TokenType: 'Bearer' } },
  },
} as const

/** The original's login host answers at its root; with one host for everything, /id is the same. */
export const logInAtRoot = loginOperation({ ...logIn, id: 'logInAtRoot', path: '/', summary: 'Log in, or renew a login' })
export const logInAtId = loginOperation({ ...logIn, id: 'logIn', path: '/id', summary: 'Log in, or renew a login' })

export const line = (max: number) => z.string().trim().min(1, 'must not be empty').max(max, `must have at most ${max} characters`)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'must not contain control characters')

const signUpBody = z.object({
  email: z.string(),
  password: z.string(),
  firstname: line(300),
  lastname: line(300),
  org_name: line(300).optional(),
  bootstrap_token: z.string().max(1024).optional(),
}).transform(({ org_name: orgName, bootstrap_token: bootstrapToken, ...rest }) =>
  ({ ...rest, ...(orgName !== undefined && { orgName }), ...(bootstrapToken !== undefined && { bootstrapToken }) }))

export const signUp = loginOperation({
  id: 'signUp', method: 'POST', path: '/id/signup', tag: 'Login', summary: 'Create an account and an org of its own', permission: 'anyone',
  body: { kind: 'json', schema: signUpBody, anyContentType: true },
  success: {
    status: 201, description: 'The account and its org; both can be used at once.',
    schema: z.object({ user_id: z.uuid(), org_id: z.uuid(), ...loginAnswer.shape }),
  },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'EmailTaken', 'SignUpClosed', 'RequestTooLarge', 'TooManyRequests'],
  examples: {
    request: { email: 'john.doe@example.com', password: 'secretpassword', firstname: 'John', lastname: 'Doe' },
    answer: { user_id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', org_id: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b', ...logIn.examples.answer },
  },
})

export const presentSignUp = (account: { readonly userId: string; readonly orgId: string }, tokens: TokensView) =>
  ({ user_id: account.userId, org_id: account.orgId, ...presentTokens(tokens) })

export const logOut = loginOperation({
  id: 'logOut', method: 'POST', path: '/id/logout', tag: 'Login', summary: 'End the session behind the token', permission: 'caller', deed: { object: 'session', own: true },
  success: { status: 200, description: 'The session has ended: its tokens are refused from now on.', schema: z.object({}) },
  problems: ['Forbidden'],
  examples: { answer: {} },
})

const description = {
  method: 'GET', tag: 'Login', permission: 'anyone',
  success: { status: 200, description: 'What is served here.', schema: z.object({ service: z.string(), login: z.string(), issuer: z.string() }) },
  problems: [],
  examples: { answer: { service: 'Tenantry', login: 'POST /', issuer: 'https://cloud.example.com' } },
} as const

export const describeRoot = loginOperation({ ...description, id: 'describeRoot', path: '/', summary: 'Say what is served here' })
export const describeLogin = loginOperation({ ...description, id: 'describeLogin', path: '/id', summary: 'Say how to log in' })

export const getJwks = loginOperation({
  id: 'getJwks', method: 'GET', path: '/.well-known/jwks.json', tag: 'Login', summary: 'Get the public keys that tokens are signed with', permission: 'anyone',
  success: { status: 200, description: 'A JSON Web Key Set.', schema: z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) }) },
  problems: [],
  examples: { answer: { keys: [{ kty: 'RSA', kid: '2f1c9a', use: 'sig', alg: 'RS256', n: '0vx7ag…', e: 'AQAB' }] } },
})

export const getOpenIdConfiguration = loginOperation({
  id: 'getOpenIdConfiguration', method: 'GET', path: '/.well-known/openid-configuration', tag: 'Login', summary: 'Get the facts about the issuer of tokens',
  permission: 'anyone',
  success: { status: 200, description: 'The issuer, its keys and its algorithms.', schema: z.looseObject({ issuer: z.string(), jwks_uri: z.string() }) },
  problems: [],
  examples: { answer: { issuer: 'https://cloud.example.com', jwks_uri: 'https://cloud.example.com/.well-known/jwks.json' } },
})
