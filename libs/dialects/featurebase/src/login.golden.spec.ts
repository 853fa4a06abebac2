import { readFileSync } from 'node:fs'
import { Problem } from '@tenantry/contracts'
import { presentKey, presentNewKey } from './keys.js'
import { logInAtId, loginWire, presentTokens } from './login.js'

/** The answer of the original's example. */
const golden = (name: string): Record<string, unknown> =>
  (JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8')) as { answer: Record<string, unknown> }).answer

describe('the words of the document', () => {
  const at = new Date('2019-08-24T14:15:22Z')
  // The document leaves fractions of a second away; both spellings are the same time.
  const exact = (answer: Record<string, unknown>) => Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, key.endsWith('_at') ? new Date(String(value)).toISOString() : value]))

  it('present a key as it does', () => {
    const key = {
      id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', description: 'My super secret key', status: 'ACTIVE', usedAt: at, orgId: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b',
      createdBy: 'ee824cad-d7a6-4f48-87dc-e8461a9201c4', createdAt: at, ownedBy: 'b54c13ac-3977-4e54-bbfa-b33713ac1540', updatedAt: at,
      updatedBy: 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
    } as const
    expect(presentKey(key)).toEqual(exact(golden('getKey')))
    expect(Object.keys(presentKey(key))).toEqual(Object.keys(golden('getKey')))
  })

  it('present tokens and a new key as it does', () => {
    expect(presentTokens({ accessToken: 'ey..g', idToken: 'ey..w', refreshToken: 'ey..A', expiresInSeconds: 3600 })).toEqual(golden('logIn'))
    expect(presentNewKey({ id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', secret: '9600ee5d-1c66-4d31-b2c3-97ef4a25d053' })).toEqual(golden('createKey'))
  })

  it('refuse a login as the original\'s identity provider does', () => {
    expect(loginWire.body(new Problem('LoginFailed', 'Incorrect username or password.'), 401))
      .toEqual({ code: 'Unauthorized', message: 'Incorrect username or password.', __type: 'NotAuthorizedException' })
  })

  it('tell a password login from a renewal, and ask for what is missing', () => {
    const parse = (body: unknown): unknown => logInAtId.body.schema.safeParse(body).data
    expect(parse({ USERNAME: 'a@example.com', PASSWORD: 'p' })).toEqual({ kind: 'password', email: 'a@example.com', password: 'p' })
    expect(parse({ REFRESH_TOKEN: 'r' })).toEqual({ kind: 'refresh', refreshToken: 'r' })
    expect(parse({ USERNAME: 'a@example.com' })).toBeUndefined()
    expect(parse({ USERNAME: { $ne: '' }, PASSWORD: 'p' })).toBeUndefined()
  })
})
