import { type KeyObject, createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { z } from 'zod'

type Claims = Readonly<Record<string, unknown>>

const keysShown = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string(), n: z.string(), e: z.string() })).min(1) })

const encoded = (part: unknown): string => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
const decoded = (token: string, part: 0 | 1): Claims => z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString()))

const rs256 = (header: Claims, claims: Claims, key: KeyObject): string => {
  const text = `${encoded(header)}.${encoded(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

const hs256 = (header: Claims, claims: Claims, secret: string): string => {
  const text = `${encoded(header)}.${encoded(claims)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

/** Tokens that say the same as a good one and were not signed as it was, by the name of the trick. */
export const forgedTokens = (good: string, jwksText: string): Readonly<Record<string, string>> => {
  const [published] = keysShown.parse(JSON.parse(jwksText)).keys
  if (!published) throw new Error('There is no published key.')
  const publicKey = createPublicKey({ key: published, format: 'jwk' })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const header = decoded(good, 0)
  const claims = decoded(good, 1)
  const [head = '', body = '', signature = ''] = good.split('.')
  const ownJwk = own.publicKey.export({ format: 'jwk' })
  return {
    'no signature, alg none': `${encoded({ ...header, alg: 'none' })}.${body}.`,
    'no signature, alg nOnE': `${encoded({ ...header, alg: 'nOnE' })}.${body}.`,
    'the signature left out': `${head}.${body}.`,
    'HS256 with the public key as the secret': hs256({ ...header, alg: 'HS256' }, claims, pem),
    'HS256 with the published modulus as the secret': hs256({ ...header, alg: 'HS256' }, claims, published.n),
    'another key under the published id': rs256(header, claims, own.privateKey),
    'another key under an unknown id': rs256({ ...header, kid: 'unknown' }, claims, own.privateKey),
    'another key, sent along': rs256({ ...header, jwk: ownJwk }, claims, own.privateKey),
    'another key, to be fetched': rs256({ ...header, jku: 'http://127.0.0.1:9/jwks.json', x5u: 'http://127.0.0.1:9/x' }, claims, own.privateKey),
    'a key id that is a path': rs256({ ...header, kid: '../../../../dev/null' }, claims, own.privateKey),
    'later end, same signature': `${head}.${encoded({ ...claims, exp: Number(claims['exp']) + 60 })}.${signature}`,
    'another org, same signature': `${head}.${encoded({ ...claims, org_id: '00000000-0000-4000-8000-000000000000' })}.${signature}`,
    'critical header': `${encoded({ ...header, crit: ['exp'] })}.${body}.${signature}`,
    'not a token': 'hello',
    'three empty parts': '..',
    'very long': `${head}.${'A'.repeat(9_000)}.${signature}`,
    'a key of the right form that nobody has': 'tnt_00000000_00000000000000000000000000000000_000000',
  }
}
