import { exactJson } from './exact-json.js'
import { type Client, createClient, createConfig } from './generated/client/index.js'
import { type RunPqlResponse, type RunSqlResponse, type SignUpData, logIn, logOut, runPql, runSql, signUp } from './generated/index.js'
import { dataOf } from './problem.js'
import { Session } from './session.js'

export type Account = NonNullable<SignUpData['body']>
/** A key of the API, or a token that was got elsewhere. Whoever logs in needs neither. */
export type Credential = { readonly apiKey: string } | { readonly token: string }

export interface TenantryOptions {
  readonly baseUrl: string
  readonly credential?: Credential
  /** How long a request may take; 60 when left out. */
  readonly timeoutSeconds?: number
  readonly fetch?: typeof globalThis.fetch
  readonly now?: () => number
}

export interface SignedUp {
  readonly userId: string
  readonly orgId: string
}

/** A value for a parameter of a statement. Whole numbers past 2^53 are given as bigint. */
export type QueryValue = string | number | bigint | boolean | null

export interface QueryOptions {
  /** The values of the `?` in the statement, in their order. */
  readonly params?: readonly QueryValue[]
  readonly plan?: boolean
  readonly signal?: AbortSignal
}

/** One caller of one installation. Its `client` goes into every generated function: `getDatabase({ client, path })`. */
export interface Tenantry {
  readonly client: Client
  logIn(email: string, password: string): Promise<void>
  signUp(account: Account): Promise<SignedUp>
  logOut(): Promise<void>
  /** Runs one statement. Integers past 2^53 come as bigint where the runtime can. Throws TenantryError. */
  query(databaseId: string, sql: string, options?: QueryOptions): Promise<RunSqlResponse>
  /** Runs calls of PQL on a table, and gives what each answers. Integers past 2^53 come as bigint where the runtime can. Throws TenantryError. */
  pql(databaseId: string, table: string, calls: string, options?: Pick<QueryOptions, 'signal'>): Promise<NonNullable<RunPqlResponse['results']>>
}

/** Binds a client to an installation and a caller. */
export const createTenantry = ({ baseUrl, credential, timeoutSeconds = 60, fetch = globalThis.fetch, now = Date.now }: TenantryOptions): Tenantry => {
  const client = createClient(createConfig({ baseUrl: baseUrl.replace(/\/+$/, ''), fetch: withDeadline(fetch, timeoutSeconds) }))
  const session = new Session(client, now)
  // Two credentials on one request are refused, so each kind is offered only where it belongs.
  client.setConfig({ auth: ({ type }) => type === 'http' ? bearerOf(credential) ?? session.token() : keyOf(credential) })

  return {
    client,
    logIn: async (email, password) => session.keep(dataOf(await logIn({ client, body: { USERNAME: email, PASSWORD: password } })).AuthenticationResult),
    signUp: async (account) => {
      const made = dataOf(await signUp({ client, body: account }))
      session.keep(made.AuthenticationResult)
      return { userId: made.user_id, orgId: made.org_id }
    },
    logOut: async () => {
      dataOf(await logOut({ client }))
      session.end()
    },
    query: async (databaseId, sql, { params, plan = false, signal } = {}) => {
      const answer = await runSql({ client, path: { database_id: databaseId }, query: { plan: plan ? 'true' : 'false' }, parseAs: 'text', ...bodyOf(sql, params), ...(signal && { signal }) })
      return exactJson(String(dataOf(answer))) as RunSqlResponse
    },
    pql: async (databaseId, table, calls, { signal } = {}) => {
      const answer = await runPql({ client, path: { database_id: databaseId }, query: { table }, body: calls, parseAs: 'text', ...(signal && { signal }) })
      return (exactJson(String(dataOf(answer))) as RunPqlResponse).results ?? []
    },
  }
}

const bodyOf = (sql: string, params: QueryOptions['params']): { readonly body: string; readonly headers?: Readonly<Record<string, string>> } =>
  params ? { body: `{"sql":${JSON.stringify(sql)},"params":[${params.map(spelt).join(',')}]}`, headers: { 'Content-Type': 'application/json' } } : { body: sql }

const spelt = (value: QueryValue): string => {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('A parameter must be a number that JSON has.')
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value)
}

const keyOf = (credential: Credential | undefined): string | undefined => credential && 'apiKey' in credential ? credential.apiKey : undefined
const bearerOf = (credential: Credential | undefined): string | undefined => credential && 'token' in credential ? credential.token : undefined

const withDeadline = (fetch: typeof globalThis.fetch, seconds: number): typeof globalThis.fetch => (input, init) => {
  const request = new Request(input, init)
  return fetch(new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(seconds * 1000)]) }))
}
