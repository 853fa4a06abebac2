import { TenantryError, createTenantry, exactJson, getCurrentUser } from './index.js'

const tokens = (name: string) => ({ AuthenticationResult: { AccessToken: 'a', IdToken: name, RefreshToken: `renew-${name}`, ExpiresIn: 3600, TokenType: 'Bearer' } })

interface Seen { readonly line: string; readonly headers: Headers; readonly body: string }

/** A server in memory: answers by "METHOD /path", and remembers what it was asked. */
const server = (answers: Readonly<Record<string, (body: string) => Response>>) => {
  const seen: Seen[] = []
  const fetch = async (input: string | URL | Request): Promise<Response> => {
    const request = input instanceof Request ? input : new Request(input)
    const line = `${request.method} ${new URL(request.url).pathname}`
    const body = await request.text()
    seen.push({ line, headers: request.headers, body })
    return answers[line]?.(body) ?? Response.json({ code: 'ResourceNotFound', message: 'There is nothing here.' }, { status: 404 })
  }
  return { seen, fetch }
}
const baseUrl = 'https://db.example.com/'
const answerOf = (data: string) => () => new Response(`{"schema":{"fields":[{"name":"n","type":"int"}]},"data":${data},"exec_time":1,"execution-time":1}`,
  { headers: { 'content-type': 'application/json' } })

describe('the client', () => {
  it('logs in and sends the token with what follows, and nothing else beside it', async () => {
    const { seen, fetch } = server({ 'POST /id': () => Response.json(tokens('one')), 'GET /v2/users/current': () => Response.json({ id: 'ann' }) })
    const tenantry = createTenantry({ baseUrl, fetch })
    await tenantry.logIn('ann@example.com', 'secret')
    expect((await getCurrentUser({ client: tenantry.client })).data?.id).toBe('ann')
    expect(seen.map(({ line, headers }) => [line, headers.get('authorization'), headers.get('x-api-key')])).toEqual([
      ['POST /id', null, null], ['GET /v2/users/current', 'Bearer one', null],
    ])
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ USERNAME: 'ann@example.com', PASSWORD: 'secret' })
  })

  it('sends a key as a key', async () => {
    const { seen, fetch } = server({})
    await getCurrentUser({ client: createTenantry({ baseUrl, credential: { apiKey: 'tnt_1' }, fetch }).client })
    expect([seen[0]?.headers.get('x-api-key'), seen[0]?.headers.get('authorization')]).toEqual(['tnt_1', null])
  })

  it('renews a login once for all requests that find it ending', async () => {
    let time = 0
    const { seen, fetch } = server({
      'POST /id': (body) => Response.json(tokens(body.includes('REFRESH_TOKEN') ? 'two' : 'one')), 'GET /v2/users/current': () => Response.json({ id: 'ann' }),
    })
    const tenantry = createTenantry({ baseUrl, fetch, now: () => time })
    await tenantry.logIn('ann@example.com', 'secret')
    time = 3_590_000
    await Promise.all([getCurrentUser({ client: tenantry.client }), getCurrentUser({ client: tenantry.client })])
    expect(seen.filter(({ line }) => line === 'POST /id').map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { USERNAME: 'ann@example.com', PASSWORD: 'secret' }, { REFRESH_TOKEN: 'renew-one' },
    ])
    expect(seen.slice(2).map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer two', 'Bearer two'])
  })

  it('asks a table in PQL, and keeps large numbers exact', async () => {
    const { seen, fetch } = server({ 'POST /v2/databases/d/query/pql': (body) => new Response(body === '' ? '{"results":null}' : '{"results":[{"columns":[18446744073709551615]}]}', { headers: { 'content-type': 'application/json' } }) })
    const tenantry = createTenantry({ baseUrl, credential: { token: 't' }, fetch })
    expect(await tenantry.pql('d', 'people', 'Row(age > 30)')).toEqual([{ columns: [18446744073709551615n] }])
    expect(await tenantry.pql('d', 'people', '')).toEqual([])
    expect(seen.map(({ body }) => body)).toEqual(['Row(age > 30)', ''])
  })

  it('signs up and says which account and org were made', async () => {
    const { fetch } = server({ 'POST /id/signup': () => Response.json({ user_id: 'u', org_id: 'o', ...tokens('one') }, { status: 201 }) })
    const account = { email: 'ann@example.com', password: 'secret', firstname: 'Ann', lastname: 'Example' }
    expect(await createTenantry({ baseUrl, fetch }).signUp(account)).toEqual({ userId: 'u', orgId: 'o' })
  })

  it('sends a statement as text and keeps 64-bit integers exact', async () => {
    const { seen, fetch } = server({ 'POST /v2/databases/d/query/sql': answerOf('[[9223372036854775807,-9007199254740993,1.5,"12345678901234567890"]]') })
    const answer = await createTenantry({ baseUrl, credential: { token: 't' }, fetch }).query('d', 'select 1')
    expect(answer.data).toEqual([[9223372036854775807n, -9007199254740993n, 1.5, '12345678901234567890']])
    expect([seen[0]?.headers.get('content-type'), seen[0]?.body]).toEqual(['text/plain', 'select 1'])
  })

  it('sends values beside a statement, with every digit', async () => {
    const { seen, fetch } = server({ 'POST /v2/databases/d/query/sql': answerOf('[[1]]') })
    const tenantry = createTenantry({ baseUrl, credential: { token: 't' }, fetch })
    await tenantry.query('d', 'select "é", ?', { params: [9223372036854775807n, 1.5, 'a"b', true, null] })
    expect([seen[0]?.headers.get('content-type'), seen[0]?.body]).toEqual(['application/json', '{"sql":"select \\"é\\", ?","params":[9223372036854775807,1.5,"a\\"b",true,null]}'])
    await expect(tenantry.query('d', 'select ?', { params: [NaN] })).rejects.toThrow(TypeError)
  })

  it('throws a refusal with its code, its status and when to ask again', async () => {
    const refusal = () => Response.json({ code: 'TooManyRequests', message: 'Too many.' }, { status: 429, headers: { 'retry-after': '3' } })
    const { fetch } = server({ 'POST /v2/databases/d/query/sql': refusal })
    const asked = createTenantry({ baseUrl, fetch }).query('d', 'select 1')
    await expect(asked).rejects.toThrow(TenantryError)
    await expect(asked).rejects.toMatchObject({ code: 'TooManyRequests', status: 429, retryAfterSeconds: 3 })
  })

  it('gives up on a server that does not answer', async () => {
    const fetch = (input: string | URL | Request): Promise<Response> => new Promise((_resolve, reject) => {
      if (input instanceof Request) input.signal.addEventListener('abort', () => reject(new Error('aborted')))
    })
    await expect(createTenantry({ baseUrl, fetch, timeoutSeconds: 0.01 }).query('d', 'select 1')).rejects.toMatchObject({ code: 'NoAnswer', status: 0 })
  })
})

it('reads decimals and short integers as plain numbers', () => {
  expect(exactJson('[1,0.1234567890123456789,1e300,9007199254740991]')).toEqual([1, 0.1234567890123456789, 1e300, 9007199254740991])
})
