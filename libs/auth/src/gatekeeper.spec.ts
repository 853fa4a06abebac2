import { type KeyObject, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { type KeyId, type OrgId, Problem, type Revocation, type Rights, type SessionId, type UserId, newId } from '@tenantry/contracts'
import { apiKeyDigest, newApiKey } from './api-key.js'
import type { Call } from './credential.js'
import { type Gatekeeper, type GatekeeperPorts, createGatekeeper } from './gatekeeper.js'
import type { PublicJwk } from './verification-keys.js'

const issuer = 'https://db.example.com'
const userId = newId<UserId>()
const orgId = newId<OrgId>()
const account = { email: 'ann@example.com', firstname: 'Ann', lastname: 'Example', founder: true, orgName: 'Example', serverAdmin: false }
const active: Rights = { status: 'Active', permissions: ['org:read', 'data:read'], version: 1 }

const rsa = (bits = 2048) => generateKeyPairSync('rsa', { modulusLength: bits })
const ours = rsa()
const theirs = rsa()
const jwkOf = (key: KeyObject, kid: string): PublicJwk => ({ ...(key.export({ format: 'jwk' }) as PublicJwk), kid, alg: 'RS256', use: 'sig' })

const segment = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const seconds = (): number => Math.floor(Date.now() / 1000)
const claims = (changes: object = {}): Record<string, unknown> => ({
  iss: issuer, aud: 'tenantry', sub: userId, org_id: orgId, sid: newId<SessionId>(), epoch: 0, token_use: 'id', jti: randomUUID(),
  iat: seconds(), exp: seconds() + 3600, email: account.email, given_name: 'Ann', family_name: 'Example', founder: true, org_name: 'Example',
  server_admin: false, ...changes,
})
const header = { alg: 'RS256', kid: 'one', typ: 'JWT' }
const signed = (payload: unknown, head: unknown = header, key: KeyObject = ours.privateKey): string => {
  const text = `${segment(head)}.${segment(payload)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}
const asCall = (headers: Record<string, string>): Call => ({ headers, rawHeaders: Object.entries(headers).flat() })
const bearer = (token: string): Call => asCall({ authorization: `Bearer ${token}` })
const withKey = (key: string): Call => asCall({ 'x-api-key': key })

interface World { jwks: PublicJwk[]; jwksAsked: number; keys: Map<string, KeyId>; keysAsked: number; rights: Rights | undefined; rightsAsked: number; feed: Revocation[]; away: boolean }

const world = (): World => ({ jwks: [jwkOf(ours.publicKey, 'one')], jwksAsked: 0, keys: new Map(), keysAsked: 0, rights: active, rightsAsked: 0, feed: [], away: false })

const portsOf = (state: World): GatekeeperPorts => {
  const reached = <T>(value: () => T): Promise<T> => state.away
    ? Promise.reject(new Problem('ServiceUnavailable', 'Nobody answers.')) : Promise.resolve().then(value)
  return {
    jwks: () => { state.jwksAsked++; return reached(() => ({ keys: state.jwks })) },
    verifyKey: (digest) => {
      state.keysAsked++
      return reached(() => {
        const keyId = state.keys.get(digest)
        return keyId && { keyId, orgId, userId, epoch: 0, account }
      })
    },
    rights: () => { state.rightsAsked++; return reached(() => state.rights) },
    revocationsSince: (seq) => reached(() => ({ seq: state.feed.length, entries: state.feed.slice(seq) })),
  }
}

const setUp = (changes: { now?: () => number; max?: number; pulseMs?: number } = {}): { state: World; gatekeeper: Gatekeeper } => {
  const state = world()
  return { state, gatekeeper: createGatekeeper({ issuer, ports: portsOf(state), ...changes }) }
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'admitted'
  } catch (error) {
    return error instanceof Problem ? error.code : String(error)
  }
}

const good = signed(claims())
describe('a gatekeeper and tokens', () => {
  it('admits what identity signed, as id token and as access token', async () => {
    const { gatekeeper } = setUp()
    const principal = await gatekeeper.admit(bearer(good))
    expect(principal).toMatchObject({ userId, orgId, epoch: 0, account, credential: { kind: 'session' } })
    await expect(gatekeeper.admit(bearer(signed(claims({ token_use: 'access' }), { ...header, typ: 'at+jwt' })))).resolves.toMatchObject({ userId })
  })

  it('asks for a credential where there is none', async () => {
    expect(await codeOf(setUp().gatekeeper.admit(asCall({})))).toBe('MissingCredentials')
  })

  it('answers from memory afterwards, asking and waiting for nobody', async () => {
    const { gatekeeper, state } = setUp()
    const principal = await gatekeeper.admit(bearer(good))
    state.away = true
    expect(gatekeeper.peek(bearer(good))).toBe(principal)
    expect(state.jwksAsked).toBe(1)
  })

  it('remembers a token no longer than it lives', async () => {
    let later = 0
    const { gatekeeper } = setUp({ now: () => Date.now() + later })
    const token = signed(claims())
    await gatekeeper.admit(bearer(token))
    later = 3_625_000
    expect(gatekeeper.peek(bearer(token))).toBeDefined()
    later = 3_631_000
    expect(gatekeeper.peek(bearer(token))).toBeUndefined()
  })

  it('never takes a second Authorization header for the first', async () => {
    const { gatekeeper } = setUp()
    await gatekeeper.admit(bearer(good))
    const twice: Call = { headers: { authorization: `Bearer ${good}` }, rawHeaders: ['Authorization', `Bearer ${good}`, 'Authorization', 'Bearer x'] }
    expect(gatekeeper.peek(twice)).toBeUndefined()
    expect(await codeOf(gatekeeper.admit(twice))).toBe('AmbiguousCredentials')
  })

  it('asks for an unknown key once a second, however many forged tokens name one', async () => {
    let time = Date.now()
    const { gatekeeper, state } = setUp({ now: () => time })
    await gatekeeper.admit(bearer(good))
    time += 1000
    await Promise.all(Array.from({ length: 100 }, (_, at) => codeOf(gatekeeper.admit(bearer(signed(claims(), { ...header, kid: `k${at}` }))))))
    for (let count = 0; count < 5; count++) await codeOf(gatekeeper.admit(bearer(signed(claims(), { ...header, kid: `later${count}` }))))
    expect(state.jwksAsked).toBe(2)
  })

  it('believes a new key as soon as identity publishes it, and the old one until it is withdrawn', async () => {
    let time = Date.now()
    const { gatekeeper, state } = setUp({ now: () => time })
    await gatekeeper.admit(bearer(good))
    const next = rsa()
    const fresh = signed(claims(), { ...header, kid: 'two' }, next.privateKey)
    state.jwks = [jwkOf(next.publicKey, 'two')]
    time += 1000
    expect(await codeOf(gatekeeper.admit(bearer(fresh)))).toBe('admitted')
    expect(gatekeeper.peek(bearer(good))).toBeUndefined()
    expect(await codeOf(gatekeeper.admit(bearer(good)))).toBe('InvalidCredentials')
  })

  it('goes on for a day with the keys it knows while identity is away', async () => {
    let time = Date.now()
    const { gatekeeper, state } = setUp({ now: () => time })
    await gatekeeper.admit(bearer(good))
    state.away = true
    time += 24 * 3_600_000
    const later = Math.floor(time / 1000)
    // jsonwebtoken reads the real clock too, so that the token must be good on both.
    expect(await codeOf(gatekeeper.admit(bearer(signed(claims({ exp: later + 600 })))))).toBe('admitted')
  })

  it('says that it cannot tell, when it never learnt a key and nobody answers', async () => {
    const { gatekeeper, state } = setUp()
    state.away = true
    expect(await codeOf(gatekeeper.admit(bearer(good)))).toBe('ServiceUnavailable')
  })

  it('believes no key that is short, or not made for signing', async () => {
    for (const key of [jwkOf(rsa(1024).publicKey, 'one'), { ...jwkOf(ours.publicKey, 'one'), use: 'enc' }, { ...jwkOf(ours.publicKey, 'one'), alg: 'RS512' }]) {
      const { gatekeeper, state } = setUp()
      state.jwks = [key]
      expect(await codeOf(gatekeeper.admit(bearer(good)))).toBe('InvalidCredentials')
    }
  })

  it('remembers so many callers and no more', async () => {
    const { gatekeeper } = setUp({ max: 10 })
    for (let count = 0; count < 30; count++) await gatekeeper.admit(bearer(signed(claims())))
    expect(gatekeeper.size.admitted).toBe(10)
  })
})

describe('two gatekeepers in one process', () => {
  it('do not answer for each other', async () => {
    const one = setUp()
    const other = setUp()
    other.state.jwks = [jwkOf(theirs.publicKey, 'one')]
    const foreign = signed(claims(), header, theirs.privateKey)
    expect(await Promise.all([good, foreign].flatMap((token) => [one, other].map(({ gatekeeper }) => codeOf(gatekeeper.admit(bearer(token)))))))
      .toEqual(['admitted', 'InvalidCredentials', 'InvalidCredentials', 'admitted'])
  })

  it('keep their own keys and their own revocations', async () => {
    const one = setUp()
    const other = setUp()
    const key = newApiKey(randomUUID())
    const keyId = newId<KeyId>()
    one.state.keys.set(apiKeyDigest(key), keyId)
    expect(await codeOf(one.gatekeeper.admit(withKey(key)))).toBe('admitted')
    expect(await codeOf(other.gatekeeper.admit(withKey(key)))).toBe('InvalidCredentials')
    other.gatekeeper.revoke({ kind: 'key', id: keyId })
    expect(one.gatekeeper.peek(withKey(key))).toBeDefined()
  })
})

describe('a gatekeeper and keys', () => {
  const known = () => {
    let later = 0
    const all = setUp({ now: () => Date.now() + later })
    const key = newApiKey(randomUUID())
    const keyId = newId<KeyId>()
    all.state.keys.set(apiKeyDigest(key), keyId)
    return { ...all, key, keyId, wait: (ms: number) => { later += ms } }
  }

  it('admits a key that identity knows, by every way a key may come', async () => {
    const { gatekeeper, key, keyId, state } = known()
    for (const call of [withKey(key), bearer(key), asCall({ authorization: key }), asCall({ authorization: `Bearer ${key}`, 'x-api-key': key })]) {
      expect(await gatekeeper.admit(call)).toMatchObject({ credential: { kind: 'key', id: keyId }, userId, orgId })
    }
    expect(state.keysAsked).toBe(1)
  })

  it('asks nobody about a text that cannot be a key', async () => {
    const { gatekeeper, key, state } = known()
    const misspelt = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')
    for (const text of [misspelt, 'tnt_', `${key}0`, good, '9600ee5d-1c66-4d31-b2c3-97ef4a25d053']) {
      expect(await codeOf(gatekeeper.admit(withKey(text)))).toBe('InvalidCredentials')
    }
    expect(state.keysAsked).toBe(0)
  })

  it('goes on with a key it knows while identity is away, and asks again once it is back', async () => {
    const { gatekeeper, key, state, wait } = known()
    await gatekeeper.admit(withKey(key))
    state.away = true
    wait(3_600_000)
    expect(await codeOf(gatekeeper.admit(withKey(key)))).toBe('admitted')
    state.away = false
    state.keys.clear()
    wait(120_000)
    expect(await codeOf(gatekeeper.admit(withKey(key)))).toBe('InvalidCredentials')
  })

  it('asks once for a hundred calls that come together', async () => {
    const { gatekeeper, key, state } = known()
    await Promise.all(Array.from({ length: 100 }, () => gatekeeper.admit(withKey(key))))
    expect(state.keysAsked).toBe(1)
  })

  it('tells which keys were used, each once', async () => {
    const { key, keyId, state } = known()
    const told: (readonly KeyId[])[] = []
    const gatekeeper = createGatekeeper({ issuer, ports: { ...portsOf(state), keysUsed: (ids) => told.push(ids) } })
    await gatekeeper.admit(withKey(key))
    gatekeeper.peek(withKey(key))
    await gatekeeper.admit(bearer(good))
    await gatekeeper.stop()
    expect(told).toEqual([[keyId]])
  })
})

describe('a gatekeeper and what was taken back', () => {
  it('forgets a session at once, and refuses its tokens for as long as they live', async () => {
    const { gatekeeper } = setUp()
    const sid = newId<SessionId>()
    const token = signed(claims({ sid }))
    await gatekeeper.admit(bearer(token))
    gatekeeper.revoke({ kind: 'session', id: sid })
    expect(gatekeeper.peek(bearer(token))).toBeUndefined()
    expect(await codeOf(gatekeeper.admit(bearer(token)))).toBe('InvalidCredentials')
    expect(await codeOf(gatekeeper.admit(bearer(signed(claims({ sid }), { ...header }))))).toBe('InvalidCredentials')
    expect(await codeOf(gatekeeper.admit(bearer(good)))).toBe('admitted')
  })

  it('forgets a key at once, also when identity has not heard of it yet', async () => {
    const { gatekeeper, state } = setUp()
    const key = newApiKey(randomUUID())
    const keyId = newId<KeyId>()
    state.keys.set(apiKeyDigest(key), keyId)
    await gatekeeper.admit(withKey(key))
    gatekeeper.revoke({ kind: 'key', id: keyId })
    expect(gatekeeper.peek(withKey(key))).toBeUndefined()
    expect(await codeOf(gatekeeper.admit(withKey(key)))).toBe('InvalidCredentials')
  })

  it('refuses a key that was taken back while identity was being asked', async () => {
    const { state } = setUp()
    const key = newApiKey(randomUUID())
    const keyId = newId<KeyId>()
    const called = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<{ keyId: KeyId; orgId: OrgId; userId: UserId; epoch: number; account: typeof account }>()
    const gatekeeper = createGatekeeper({ issuer, ports: { ...portsOf(state), verifyKey: () => { called.resolve(); return answer.promise } } })
    const asked = codeOf(gatekeeper.admit(withKey(key)))
    await called.promise
    gatekeeper.revoke({ kind: 'key', id: keyId })
    answer.resolve({ keyId, orgId, userId, epoch: 0, account })
    expect(await asked).toBe('InvalidCredentials')
    expect(gatekeeper.size).toEqual({ admitted: 0, keys: 0, rights: 0 })
  })

  it('says of running work whether its user has ended, which a session or a key alone does not', async () => {
    const { gatekeeper } = setUp()
    const sid = newId<SessionId>()
    const [before, after] = [await gatekeeper.admit(bearer(signed(claims({ sid })))), await gatekeeper.admit(bearer(signed(claims({ epoch: 3 }))))]
    gatekeeper.revoke({ kind: 'session', id: sid })
    expect(gatekeeper.hasEnded(before)).toBe(false)
    gatekeeper.revoke({ kind: 'user', id: userId, epoch: 3 })
    expect([gatekeeper.hasEnded(before), gatekeeper.hasEnded(after)]).toEqual([true, false])
  })

  it('ends what a user proved before an epoch, and nothing after it', async () => {
    const { gatekeeper } = setUp()
    await gatekeeper.admit(bearer(good))
    gatekeeper.revoke({ kind: 'user', id: userId, epoch: 3 })
    gatekeeper.revoke({ kind: 'user', id: userId, epoch: 2 })
    expect(await codeOf(gatekeeper.admit(bearer(good)))).toBe('InvalidCredentials')
    expect(await codeOf(gatekeeper.admit(bearer(signed(claims({ epoch: 2 })))))).toBe('InvalidCredentials')
    expect(await codeOf(gatekeeper.admit(bearer(signed(claims({ epoch: 3 })))))).toBe('admitted')
  })

  it('hears what was taken back before it started, before it admits anybody', async () => {
    const { state } = setUp()
    const sid = newId<SessionId>()
    const heard = Promise.withResolvers<{ seq: number; entries: Revocation[] }>()
    const gatekeeper = createGatekeeper({ issuer, ports: { ...portsOf(state), revocationsSince: () => heard.promise } })
    gatekeeper.start()
    const asked = codeOf(gatekeeper.admit(bearer(signed(claims({ sid })))))
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    heard.resolve({ seq: 0, entries: [{ kind: 'session', id: sid }] })
    expect(await asked).toBe('InvalidCredentials')
    await gatekeeper.stop()
  })

  it('hears of revocations by its pulse when no event comes, and goes on when nobody answers', async () => {
    const { gatekeeper, state } = setUp({ pulseMs: 5 })
    const sid = newId<SessionId>()
    const token = signed(claims({ sid }))
    await gatekeeper.admit(bearer(token))
    state.away = true
    gatekeeper.start()
    state.feed.push({ kind: 'session', id: sid })
    await new Promise((resolve) => setImmediate(resolve))
    expect(gatekeeper.peek(bearer(token))).toBeDefined()
    state.away = false
    const end = Date.now() + 20_000
    while (gatekeeper.peek(bearer(token)) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(gatekeeper.peek(bearer(token))).toBeUndefined()
    await gatekeeper.stop()
  })
})

describe('a gatekeeper and rights', () => {
  it('lets through who has the permission and forbids who has not', async () => {
    const { gatekeeper } = setUp()
    const principal = await gatekeeper.admit(bearer(good))
    expect(await gatekeeper.require(principal, 'data:read')).toBe(active)
    expect(await codeOf(gatekeeper.require(principal, 'data:write'))).toBe('Forbidden')
    expect(await codeOf(gatekeeper.require(principal, 'platform:read'))).toBe('Forbidden')
    expect(gatekeeper.peekRights(principal)).toBe(active)
  })

  it.each(['Deactivated', 'Left', 'Open'] as const)('treats the credential of a member who is %s as worth nothing', async (status) => {
    const { gatekeeper, state } = setUp()
    const principal = await gatekeeper.admit(bearer(good))
    state.rights = { ...active, status }
    expect(await codeOf(gatekeeper.require(principal, 'org:read'))).toBe('InvalidCredentials')
    expect(gatekeeper.peekRights(principal)).toBeUndefined()
  })

  it('treats the credential of a stranger as worth nothing', async () => {
    const { gatekeeper, state } = setUp()
    state.rights = undefined
    expect(await codeOf(gatekeeper.rightsOf(await gatekeeper.admit(bearer(good))))).toBe('InvalidCredentials')
  })

  it('asks again after a change, and not after one it knows already', async () => {
    const { gatekeeper, state } = setUp()
    const principal = await gatekeeper.admit(bearer(good))
    await gatekeeper.rightsOf(principal)
    gatekeeper.forgetRights(orgId, userId, 1)
    await gatekeeper.rightsOf(principal)
    expect(state.rightsAsked).toBe(1)
    state.rights = { ...active, permissions: [], version: 2 }
    gatekeeper.forgetRights(orgId, userId, 2)
    expect(gatekeeper.peekRights(principal)).toBeUndefined()
    expect(await codeOf(gatekeeper.require(principal, 'data:read'))).toBe('Forbidden')
  })

  it('keeps what it knows while nobody answers, also in doubt', async () => {
    const { gatekeeper, state } = setUp()
    const principal = await gatekeeper.admit(bearer(good))
    await gatekeeper.rightsOf(principal)
    state.away = true
    gatekeeper.doubt()
    expect(gatekeeper.peekRights(principal)).toBeUndefined()
    expect(await gatekeeper.rightsOf(principal)).toBe(active)
    // From now on nobody is asked for a while, and what is known serves the hot path.
    expect(gatekeeper.peekRights(principal)).toBe(active)
    state.away = false
    state.rights = { ...active, status: 'Deactivated', version: 2 }
    gatekeeper.doubt()
    expect(await codeOf(gatekeeper.rightsOf(principal))).toBe('InvalidCredentials')
  })
})
