import { type KeyObject, constants, createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { type OrgId, Problem, type SessionId, type UserId, newId } from '@tenantry/contracts'
import { newApiKey } from './api-key.js'
import type { Call } from './credential.js'
import { type Gatekeeper, createGatekeeper } from './gatekeeper.js'
import type { PublicJwk } from './verification-keys.js'

const issuer = 'https://db.example.com'
const [ours, theirs] = [generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('rsa', { modulusLength: 2048 })]
const ourJwk: PublicJwk = { ...(ours.publicKey.export({ format: 'jwk' }) as PublicJwk), kid: 'one', alg: 'RS256', use: 'sig' }

const segment = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const seconds = (): number => Math.floor(Date.now() / 1000)
const claims = (changes: object = {}): Record<string, unknown> => ({
  iss: issuer, aud: 'tenantry', sub: newId<UserId>(), org_id: newId<OrgId>(), sid: newId<SessionId>(), epoch: 0, token_use: 'id', jti: randomUUID(),
  iat: seconds(), exp: seconds() + 3600, email: 'ann@example.com', given_name: 'Ann', family_name: 'Example', founder: true, org_name: 'Example',
  server_admin: false, ...changes,
})
const header = { alg: 'RS256', kid: 'one', typ: 'JWT' }
const signed = (payload: unknown, head: unknown = header, key: KeyObject = ours.privateKey): string => {
  const text = `${segment(head)}.${segment(payload)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}
const signedAs = (alg: string, signature: (text: Buffer) => Buffer): string => {
  const text = `${segment({ ...header, alg })}.${segment(claims())}`
  return `${text}.${signature(Buffer.from(text)).toString('base64url')}`
}
const hmacSigned = (payload: unknown, head: unknown, secret: string | Buffer): string => {
  const text = `${segment(head)}.${segment(payload)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

const pem = ours.publicKey.export({ type: 'spki', format: 'pem' })
const der = ours.publicKey.export({ type: 'spki', format: 'der' })
const good = signed(claims())
const [goodHead = '', goodBody = '', goodSignature = ''] = good.split('.')
const without = (name: string): Record<string, unknown> => Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name))

const forged: Readonly<Record<string, string>> = {
  'alg none without a signature': `${segment({ alg: 'none', typ: 'JWT' })}.${goodBody}.`,
  'alg none with our key id': `${segment({ ...header, alg: 'none' })}.${goodBody}.`,
  'alg None': `${segment({ ...header, alg: 'None' })}.${goodBody}.${goodSignature}`,
  'alg nOnE': `${segment({ ...header, alg: 'nOnE' })}.${goodBody}.${goodSignature}`,
  'alg empty': `${segment({ ...header, alg: '' })}.${goodBody}.${goodSignature}`,
  'alg null': `${segment({ ...header, alg: null })}.${goodBody}.${goodSignature}`,
  'alg absent': signed(claims(), { kid: 'one', typ: 'JWT' }),
  'HS256 with our public key in PEM': hmacSigned(claims(), { ...header, alg: 'HS256' }, pem),
  'HS256 with our public key in DER': hmacSigned(claims(), { ...header, alg: 'HS256' }, der),
  'HS256 with our JWK': hmacSigned(claims(), { ...header, alg: 'HS256' }, JSON.stringify(ourJwk)),
  'HS256 with an empty secret': hmacSigned(claims(), { ...header, alg: 'HS256' }, ''),
  'HS256 bytes under RS256': hmacSigned(claims(), header, pem),
  'RS384, truly signed by us': signedAs('RS384', (text) => sign('sha384', text, ours.privateKey)),
  'PS256, truly signed by us': signedAs('PS256', (text) => sign('sha256', text, { key: ours.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })),
  'RS384 named': signed(claims(), { ...header, alg: 'RS384' }),
  'PS256 named': signed(claims(), { ...header, alg: 'PS256' }),
  'ES256 named': signed(claims(), { ...header, alg: 'ES256' }),
  'EdDSA named': signed(claims(), { ...header, alg: 'EdDSA' }),
  'an array of algs': signed(claims(), { ...header, alg: ['RS256'] }),
  'another\'s key under our id': signed(claims(), header, theirs.privateKey),
  'a key id that nobody has': signed(claims(), { ...header, kid: 'two' }),
  'a key id that is a path': signed(claims(), { ...header, kid: '../../dev/null' }),
  'a key id that is SQL': signed(claims(), { ...header, kid: '\' OR 1=1 --' }),
  'a key id that is a property of every object': signed(claims(), { ...header, kid: '__proto__' }),
  'a key id with NUL': signed(claims(), { ...header, kid: 'one\0' }),
  'a key id that is an array': signed(claims(), { ...header, kid: ['one'] }),
  'no key id': signed(claims(), { alg: 'RS256', typ: 'JWT' }),
  'a key of its own in jwk': signed(claims(), { ...header, jwk: theirs.publicKey.export({ format: 'jwk' }) }, theirs.privateKey),
  'a key of its own behind jku': signed(claims(), { ...header, jku: 'https://evil.example/jwks' }, theirs.privateKey),
  'a certificate in x5c': signed(claims(), { ...header, x5c: ['AAAA'] }, theirs.privateKey),
  'x5u, though signed by us': signed(claims(), { ...header, x5u: 'https://evil.example' }),
  'an unknown crit': signed(claims(), { ...header, crit: ['exp'] }),
  'b64 false': signed(claims(), { ...header, b64: false }),
  'a nested token': signed(claims(), { ...header, cty: 'JWT' }),
  'another typ': signed(claims(), { ...header, typ: 'rt+jwt' }),
  'no typ': signed(claims(), { alg: 'RS256', kid: 'one' }),
  'an id token\'s typ on an access token': signed(claims({ token_use: 'access' })),
  'an access token\'s typ on an id token': signed(claims(), { ...header, typ: 'at+jwt' }),
  'token_use refresh': signed(claims({ token_use: 'refresh' })),
  'token_use absent': signed(without('token_use')),
  'another issuer': signed(claims({ iss: 'https://db.example.org' })),
  'our issuer with a slash': signed(claims({ iss: `${issuer}/` })),
  'no issuer': signed(without('iss')),
  'another audience': signed(claims({ aud: 'billing' })),
  'an audience list with ours second': signed(claims({ aud: ['billing', 'tenantry'] })),
  'no audience': signed(without('aud')),
  'expired': signed(claims({ iat: seconds() - 7200, exp: seconds() - 31 })),
  'no exp': signed(without('exp')),
  'exp as a text': signed(claims({ exp: String(seconds() + 3600) })),
  'exp as a fraction': signed(claims({ exp: seconds() + 3600.5 })),
  'exp beyond numbers': signed(JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e400')),
  'not valid yet': signed(claims({ nbf: seconds() + 3600 })),
  'issued in the future': signed(claims({ iat: seconds() + 3600, exp: seconds() + 7200 })),
  'expired before it was issued': signed(claims({ exp: seconds() - 1, iat: seconds() })),
  'no subject': signed(without('sub')),
  'a subject that is no id': signed(claims({ sub: 'admin' })),
  'no session': signed(without('sid')),
  'no org': signed(without('org_id')),
  'an epoch as a text': signed(claims({ epoch: '9' })),
  'another\'s claims under our signature': `${goodHead}.${segment(claims({ server_admin: true }))}.${goodSignature}`,
  'no signature': `${goodHead}.${goodBody}.`,
  'two parts': `${goodHead}.${goodBody}`,
  'four parts': `${good}.${goodSignature}`,
  'a trailing dot': `${good}.`,
  'padding': `${good}==`,
  'a signature of zeros': `${goodHead}.${goodBody}.${Buffer.alloc(256).toString('base64url')}`,
  'five parts, as an encrypted token has': `${good}.${goodBody}.${goodSignature}`,
  'a list as claims': signed([claims()]),
  'claims that are no JSON': signed('not json'),
  'a header that is no JSON': `${segment('{')}.${goodBody}.${goodSignature}`,
  'a megabyte': signed(claims({ email: 'a'.repeat(1_000_000) })),
  'nine kilobytes, signed by us': signed(claims({ email: 'a'.repeat(9000) })),
  'a refresh token': Buffer.alloc(32, 1).toString('base64url'),
  'deep JSON': signed(`${'['.repeat(2000)}${']'.repeat(2000)}`),
  'the word Bearer twice': `Bearer ${good}`,
  'nothing': 'undefined',
}

const callWith = (name: 'authorization' | 'x-api-key', value: string): Call => ({ headers: { [name]: value }, rawHeaders: [name, value] })
const bearer = (token: string): Call => callWith('authorization', `Bearer ${token}`)

const nobody = (): Promise<undefined> => Promise.resolve(undefined)
const setUp = (): Gatekeeper => createGatekeeper({
  issuer,
  ports: { jwks: () => Promise.resolve({ keys: [ourJwk] }), verifyKey: nobody, rights: nobody, revocationsSince: () => Promise.resolve({ seq: 0, entries: [] }) },
})

const told = (call: Call): Promise<string> => setUp().admit(call).then(() => 'admitted', (error: unknown) => error instanceof Problem ? error.code : String(error))

describe('a forged token', () => {
  it.each(Object.entries(forged))('is refused, and not remembered: %s', async (_name, token) => {
    const gatekeeper = setUp()
    await expect(gatekeeper.admit(bearer(token))).rejects.toMatchObject({ code: 'InvalidCredentials', kind: 'unauthenticated' })
    expect(gatekeeper.peek(bearer(token))).toBeUndefined()
  })

  it('is of more than sixty kinds here, beside the true one', async () => {
    expect(Object.keys(forged).length).toBeGreaterThanOrEqual(60)
    expect(await told(bearer(good))).toBe('admitted')
  })

  it('is refused with the same words as a wrong key, whatever is wrong', async () => {
    const calls = [...Object.values(forged).map(bearer), callWith('x-api-key', 'tnt_x'), callWith('x-api-key', newApiKey(randomUUID()))]
    const messages = await Promise.all(calls.map((call) => setUp().admit(call).then(() => 'admitted', (error: Error) => error.message)))
    expect(new Set(messages).size).toBe(1)
  })

  it('lets a clock be 30 seconds off, and no more', async () => {
    expect(await told(bearer(signed(claims({ iat: seconds() - 3600, exp: seconds() - 20 }))))).toBe('admitted')
    expect(await told(bearer(signed(claims({ iat: seconds() - 3600, exp: seconds() - 40 }))))).toBe('InvalidCredentials')
    expect(await told(bearer(signed(claims({ iat: seconds() + 20 }))))).toBe('admitted')
  })
})
