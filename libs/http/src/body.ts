import { Problem } from '@tenantry/contracts'
import type { FastifyInstance } from 'fastify'

const deepestJson = 32

/** How deep brackets nest in a JSON text, strings left aside; stops counting past `limit`. */
export const jsonDepth = (text: string, limit: number): number => {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length && deepest <= limit; at++) {
    const char = text.charCodeAt(at)
    if (char === 0x22) {
      for (at++; at < text.length && text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++
    } else if (char === 0x7b || char === 0x5b) {
      deepest = Math.max(deepest, ++depth)
    } else if (char === 0x7d || char === 0x5d) depth--
  }
  return deepest
}

/**
 * JSON is parsed (32 levels, no __proto__), everything else arrives as text for the operation to judge. An empty JSON body is
 * an absent one: several clients send the header with every request.
 */
export const readBodies = (fastify: FastifyInstance): void => {
  const parse = fastify.getDefaultJsonParser('error', 'error')
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body)
    if (text.trim() === '') return done(null, undefined)
    if (jsonDepth(text, deepestJson) > deepestJson) return done(new Problem('InvalidBody', `The body nests deeper than ${deepestJson} levels.`))
    return parse(request, text, done)
  })
  fastify.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
}
