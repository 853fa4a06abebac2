import { type KeyObject, constants, createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { z } from 'zod'

type Claims = Readonly<Record<string, unknown>>

const keysShown = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string(), n: z.string(), e: z.string() })).min(1) })

const encoded = (part: unknown): string => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
const decoded = (token: string, part: 0 | 1): Claims => z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString()))
const without = (from: Claims, name: string): Claims => Object.fromEntries(Object.entries(from).filter(([key]) => key !== name))

/** A token of any header and claims, also of such as are no JSON. */
const made = (header: unknown, claims: unknown, signature: (text: Buffer) => Buffer): string => {
  const text = `${encoded(header)}.${encoded(claims)}`
  return `${text}.${signature(Buffer.from(text)).toString('base64url')}`
}
const rsa = (key: KeyObject, hash = 'sha256') => (text: Buffer): Buffer => sign(hash, text, key)
const hmac = (secret: string | Buffer, hash = 'sha256') => (text: Buffer): Buffer => createHmac(hash, secret).update(text).digest()
const ecdsa = (key: KeyObject, hash = 'sha256') => (text: Buffer): Buffer => sign(hash, text, { key, dsaEncoding: 'ieee-p1363' })

/** Tokens that say the same as a good one and were not signed as it was, by the name of the trick. */
export const forgedTokens = (good: string, jwksText: string): Readonly<Record<string, string>> => {
  const [published] = keysShown.parse(JSON.parse(jwksText)).keys
  if (!published) throw new Error('There is no published key.')
  return { ...unsigned(good), ...confused(good, createPublicKey({ key: published, format: 'jwk' }), published), ...foreign(good), ...misshapen(good) }
}

const unsigned = (good: string): Record<string, string> => {
  const header = decoded(good, 0)
  const [head = '', body = '', signature = ''] = good.split('.')
  const claims = decoded(good, 1)
  const spelt = ['none', 'None', 'NONE', 'nOnE', 'none ', '', 'nonе', 'RS256\u0000none']
  return {
    ...Object.fromEntries(spelt.flatMap((alg) => [
      [`no signature, alg ${JSON.stringify(alg)}`, `${encoded({ ...header, alg })}.${body}.`], [`the good signature, alg ${JSON.stringify(alg)}`, `${encoded({ ...header, alg })}.${body}.${signature}`],
    ])),
    'no signature, alg null': `${encoded({ ...header, alg: null })}.${body}.`,
    'no signature, no alg': `${encoded(without(header, 'alg'))}.${body}.`,
    'no signature, alg a list': `${encoded({ ...header, alg: ['none', 'RS256'] })}.${body}.`,
    'the signature left out': `${head}.${body}.`,
    'the signature and its dot left out': `${head}.${body}`,
    'a signature of zeros': `${head}.${body}.${Buffer.alloc(256).toString('base64url')}`,
    'half of the signature': `${head}.${body}.${signature.slice(0, 171)}`,
    'one bit of the signature turned': `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
    'later end, same signature': `${head}.${encoded({ ...claims, exp: Number(claims['exp']) + 60 })}.${signature}`,
    'another org, same signature': `${head}.${encoded({ ...claims, org_id: '00000000-0000-4000-8000-000000000000' })}.${signature}`,
    'server admin, same signature': `${head}.${encoded({ ...claims, server_admin: true })}.${signature}`,
    'duplicate claims, same signature': `${head}.${encoded(`{"server_admin":true,${JSON.stringify(claims).slice(1)}`)}.${signature}`,
  }
}

/** What makes a verifier take the public key for a secret, or one algorithm for another. */
const confused = (good: string, publicKey: KeyObject, published: { readonly n: string }): Record<string, string> => {
  const [header, claims] = [decoded(good, 0), decoded(good, 1)]
  const secrets = {
    'the public key': publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'the public key without its line end': publicKey.export({ type: 'spki', format: 'pem' }).toString().trim(),
    'the public key in PKCS#1': publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(), 'the public key in DER': publicKey.export({ type: 'spki', format: 'der' }),
    'the published modulus': published.n, 'the published key': JSON.stringify(published), nothing: '',
  }
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const wrongCurve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey
  const edwards = generateKeyPairSync('ed25519').privateKey
  return {
    ...Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [`HS256 with ${name} as the secret`, made({ ...header, alg: 'HS256' }, claims, hmac(secret))])),
    'HS384 with the public key as the secret': made({ ...header, alg: 'HS384' }, claims, hmac(secrets['the public key'], 'sha384')),
    'HS512 with the public key as the secret': made({ ...header, alg: 'HS512' }, claims, hmac(secrets['the public key'], 'sha512')),
    'HS256 under the name RS256': made(header, claims, hmac(secrets['the public key'])),
    'ES256 of a key of its own': made({ ...header, alg: 'ES256' }, claims, ecdsa(curve)),
    'ES256 on the wrong curve': made({ ...header, alg: 'ES256' }, claims, ecdsa(wrongCurve)),
    'ES256 with r = s = 0': made({ ...header, alg: 'ES256' }, claims, () => Buffer.alloc(64)),
    'ES256 with r = s = 0 under the name RS256': made(header, claims, () => Buffer.alloc(64)),
    'EdDSA of a key of its own': made({ ...header, alg: 'EdDSA' }, claims, (text) => sign(null, text, edwards)),
  }
}

/** Signed well, but by somebody else. */
const foreign = (good: string): Record<string, string> => {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  const [header, claims] = [decoded(good, 0), decoded(good, 1)]
  const by = (more: object, key = own.privateKey): string => made({ ...header, ...more }, claims, rsa(key))
  return {
    'another key under the published id': by({}),
    'another key under an unknown id': by({ kid: 'unknown' }),
    'a short key': by({}, weak),
    'another key, sent along': by({ jwk: own.publicKey.export({ format: 'jwk' }) }),
    'another key, sent along under no id': made({ ...without(header, 'kid'), jwk: own.publicKey.export({ format: 'jwk' }) }, claims, rsa(own.privateKey)),
    'another key, to be fetched by jku': by({ jku: 'http://127.0.0.1:9/jwks.json' }),
    'another key, to be fetched by x5u': by({ x5u: 'http://127.0.0.1:9/x' }),
    'another key, in a certificate': by({ x5c: [own.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] }),
    'a key id that is a path': by({ kid: '../../../../dev/null' }),
    'a key id that is a statement': by({ kid: "' union select 'secret' --" }),
    'a key id that is an address': by({ kid: 'http://127.0.0.1:9/key' }),
    'a key id with NUL': by({ kid: `${String(header['kid'])}\0` }),
    'a key id that is a list': by({ kid: [header['kid']] }),
    'a key id that is an object': by({ kid: { $ne: null } }),
    'a key id of every object': by({ kid: '__proto__' }),
    'no key id': made(without(header, 'kid'), claims, rsa(own.privateKey)),
    'an empty key id': by({ kid: '' }),
    'a key id of a megabyte': by({ kid: 'k'.repeat(7_000) }),
  }
}

/** What is no token of ours before anything is verified. */
const misshapen = (good: string): Record<string, string> => {
  const [header, claims] = [decoded(good, 0), decoded(good, 1)]
  const [head = '', body = '', signature = ''] = good.split('.')
  const headed = (more: object): string => `${encoded({ ...header, ...more })}.${body}.${signature}`
  return {
    'a critical header that it has': headed({ crit: ['exp'] }), 'a critical header that nobody knows': headed({ crit: ['unknown'], unknown: 1 }), 'a body that is not encoded': headed({ b64: false, crit: ['b64'] }),
    'a compressed body': headed({ zip: 'DEF' }), 'a token in a token': headed({ cty: 'JWT' }), 'the type of a refresh token': headed({ typ: 'rt+jwt' }), 'no type': `${encoded(without(header, 'typ'))}.${body}.${signature}`,
    'an encrypted token that is not encrypted': `${encoded({ alg: 'none', enc: 'none' })}..${encoded('')}.${body}.`, 'five parts': `${good}.${body}.${signature}`, 'four parts': `${good}.${signature}`,
    'a dot at the end': `${good}.`, 'a dot in front': `.${good}`, 'three empty parts': '..', 'two dots more': `${head}..${body}..${signature}`, 'padding': `${good}==`, 'the other alphabet': `${head}.${body}.+/${signature.slice(2)}`,
    'a space inside': `${head}. ${body}.${signature}`, 'a header that is no JSON': `${encoded('{')}.${body}.${signature}`, 'a header that is a list': `${encoded([header])}.${body}.${signature}`,
    'a header that is deep': `${encoded(`${'['.repeat(2_000)}${']'.repeat(2_000)}`)}.${body}.${signature}`, 'a header twice': `${encoded(`{"alg":"none",${JSON.stringify(header).slice(1)}`)}.${body}.${signature}`,
    'a header that is not UTF-8': `${Buffer.from([0xff, 0xfe, 0x7b, 0x7d]).toString('base64url')}.${body}.${signature}`, 'claims that are no JSON': `${head}.${encoded('claims')}.${signature}`,
    'claims that are a list': `${head}.${encoded([claims])}.${signature}`, 'JSON in the open': `${JSON.stringify(header)}.${JSON.stringify(claims)}.${signature}`, 'not a token': 'hello', 'the word for nothing': 'undefined',
    'very long': `${head}.${'A'.repeat(9_000)}.${signature}`, 'the word Bearer thrice': `Bearer Bearer ${good}`, 'two tokens': `${good},${good}`, 'a quoted token': `"${good}"`, 'a login in base64': `Basic ${Buffer.from('ann:secret').toString('base64')}`,
    'a key of the right form that nobody has': 'tnt_00000000_00000000000000000000000000000000_000000', 'the beginning of a key': 'tnt_', 'a refresh token of the right form': Buffer.alloc(32, 1).toString('base64url'),
  }
}

/** Tokens whose signature is true and which should never be taken for what they say, by the name of what is wrong. */
export const wronglySigned = (good: string, key: KeyObject): Readonly<Record<string, string>> => {
  const [header, claims] = [decoded(good, 0), decoded(good, 1)]
  const seconds = Math.floor(Date.now() / 1_000)
  const saying = (more: object): string => made(header, { ...claims, ...more }, rsa(key))
  const lacking = (name: string): string => made(header, without(claims, name), rsa(key))
  const headed = (more: object): string => made({ ...header, ...more }, claims, rsa(key))
  const text = JSON.stringify(claims)
  return {
    ...Object.fromEntries(['iss', 'aud', 'sub', 'org_id', 'sid', 'epoch', 'token_use', 'jti', 'iat', 'exp'].map((name) => [`no ${name}`, lacking(name)])),
    'another issuer': saying({ iss: 'https://elsewhere.example' }), 'our issuer with a slash': saying({ iss: `${String(claims['iss'])}/` }), 'a list of issuers': saying({ iss: [claims['iss']] }),
    'another audience': saying({ aud: 'billing' }), 'an audience list with ours second': saying({ aud: ['billing', 'tenantry'] }), 'an empty audience': saying({ aud: '' }),
    'over since a minute': saying({ exp: seconds - 60, iat: seconds - 3_660 }), 'an end as a text': saying({ exp: String(seconds + 60) }), 'an end between seconds': saying({ exp: seconds + 60.5 }),
    'an end beyond numbers': made(header, text.replace(/"exp":\d+/, '"exp":1e400'), rsa(key)), 'an end that is null': saying({ exp: null }), 'not valid yet': saying({ nbf: seconds + 600 }),
    'issued in the future': saying({ iat: seconds + 600, exp: seconds + 4_000 }), 'over before it was issued': saying({ iat: seconds, exp: seconds - 1 }),
    'the use of a refresh token': saying({ token_use: 'refresh' }), 'the use of an invite': saying({ token_use: 'invite' }), 'the use of a password reset': saying({ token_use: 'reset' }),
    'an access token under the type of an id token': made({ ...header, typ: 'JWT' }, { ...claims, token_use: 'access' }, rsa(key)), 'an id token under the type of an access token': made({ ...header, typ: 'at+jwt' }, { ...claims, token_use: 'id' }, rsa(key)),
    'a subject that is no id': saying({ sub: 'admin' }), 'an org that is no id': saying({ org_id: '../other' }), 'a session that is no id': saying({ sid: '*' }), 'an epoch as a text': saying({ epoch: '0' }), 'an epoch below nothing': saying({ epoch: -1 }),
    'claims that are a list': made(header, [claims], rsa(key)), 'claims that are a text': made(header, '"admin"', rsa(key)), 'claims that are no JSON': made(header, 'claims', rsa(key)), 'deep claims': made(header, `${'['.repeat(2_000)}${']'.repeat(2_000)}`, rsa(key)),
    'RS384, truly': made({ ...header, alg: 'RS384' }, claims, rsa(key, 'sha384')), 'RS512, truly': made({ ...header, alg: 'RS512' }, claims, rsa(key, 'sha512')),
    'PS256, truly': made({ ...header, alg: 'PS256' }, claims, (bytes) => sign('sha256', bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })),
    'an unknown critical header': headed({ crit: ['unknown'], unknown: true }), 'b64 false': headed({ b64: false }), 'a certificate beside': headed({ x5c: ['AAAA'] }), 'an address beside': headed({ jku: 'http://127.0.0.1:9/' }),
    'nine kilobytes': saying({ email: 'a'.repeat(9_000) }), 'no key id': made(without(header, 'kid'), claims, rsa(key)), 'a nested token': headed({ cty: 'JWT' }),
  }
}
