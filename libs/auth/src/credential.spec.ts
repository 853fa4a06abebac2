import type { IncomingHttpHeaders } from 'node:http'
import { type Call, readCredential } from './credential.js'

const key = 'tnt_497f6eca_00000000000000000000000000000000_000000'

/** A call as node:http gives it: of two Authorization headers the first, of two others both joined. */
const call = (...pairs: readonly (readonly [string, string])[]): Call => {
  const headers: IncomingHttpHeaders = {}
  for (const [name, value] of pairs) {
    const lower = name.toLowerCase()
    if (headers[lower] === undefined) headers[lower] = value
    else if (lower !== 'authorization') headers[lower] = `${String(headers[lower])}, ${value}`
  }
  return { headers, rawHeaders: pairs.flat() }
}

describe('the credential of a request', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('is the token after %s', (scheme) => {
    expect(readCredential(call(['Authorization', `${scheme} ey.a.b`]))).toEqual({ kind: 'token', text: 'ey.a.b' })
  })

  it.each(['ey.a.b', ' ey.a.b ', 'Bearer  ey.a.b', 'Bearer\tey.a.b'])('is the token in "%s"', (value) => {
    expect(readCredential(call(['authorization', value]))?.text.trim()).toBe('ey.a.b')
  })

  it('is the key in X-API-Key', () => {
    expect(readCredential(call(['X-API-Key', key]))).toEqual({ kind: 'key', text: key })
  })

  it.each([key, `Bearer ${key}`])('is a key wherever it looks like one: %s', (value) => {
    expect(readCredential(call(['Authorization', value]))).toEqual({ kind: 'key', text: key })
  })

  it('is absent when no header names one', () => {
    expect(readCredential(call(['Accept', '*/*'], ['Authorization', ''], ['X-API-Key', '']))).toBeUndefined()
  })

  it('may be said twice, when both say the same', () => {
    expect(readCredential(call(['Authorization', `Bearer ${key}`], ['X-API-Key', key]))).toEqual({ kind: 'key', text: key })
  })

  it.each([
    [['Authorization', 'Bearer ey.a.b'], ['X-API-Key', key]],
    [['Authorization', 'Bearer ey.a.b'], ['authorization', 'Bearer ey.c.d']],
    [['AUTHORIZATION', 'Bearer ey.a.b'], ['Authorization', 'Bearer ey.a.b']],
    [['X-API-Key', key], ['x-api-key', key]],
  ] as const)('is refused as ambiguous: %j and %j', (...pairs) => {
    expect(() => readCredential(call(...pairs))).toThrow(expect.objectContaining({ code: 'AmbiguousCredentials', kind: 'invalid' }))
  })
})
