import { type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose'

export interface TestSigner {
  readonly issuer: string
  readonly jwks: { readonly keys: readonly JWK[] }
  /** A token as identity signs it; `claims` override or, as undefined, remove. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
}

/** Signs tokens for tests with a key of its own, whose public half is in `jwks`. */
export const testSigner = async (issuer: string): Promise<TestSigner> => {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = 'test-key'
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] }
  const sign = (claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> => {
    const seconds = Math.floor(Date.now() / 1000)
    return new SignJWT({ iss: issuer, aud: 'tenantry', iat: seconds, exp: seconds + 3600, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT', ...header }).sign(privateKey)
  }
  return { issuer, jwks, sign }
}
