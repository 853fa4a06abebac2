import { Problem } from '@tenantry/contracts'
import type { Limits } from '@tenantry/service'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { operationOf } from './on.js'

export type JsonLimits = Pick<Limits, 'JSON_DEPTH' | 'JSON_ITEMS'>

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const opens = (char: number): boolean => char === 0x7b || char === 0x5b
const closes = (char: number): boolean => char === 0x7d || char === 0x5d

/** Which limit a JSON text passes, found without building anything: how deep brackets nest, and how much stands in one pair of them. */
export const jsonExcess = (text: string, { JSON_DEPTH, JSON_ITEMS }: JsonLimits): 'depth' | 'items' | undefined => {
  const items: number[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === quote) {
      for (at++; at < text.length && text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at++
    } else if (opens(char)) {
      if (items.push(1) > JSON_DEPTH) return 'depth'
    } else if (closes(char)) items.pop()
    else if (char === comma && items.length > 0) {
      const many = (items.pop() ?? 0) + 1
      if (many > JSON_ITEMS) return 'items'
      items.push(many)
    }
  }
  return undefined
}

const refusals = {
  depth: ({ JSON_DEPTH }: JsonLimits) => `The body nests deeper than ${JSON_DEPTH} levels.`,
  items: ({ JSON_ITEMS }: JsonLimits) => `A list or an object in the body has more than ${JSON_ITEMS} items.`,
} as const

/** What is read by its operation, as text, though it may be JSON. */
const isOperations = (request: FastifyRequest): boolean => {
  const body = operationOf(request)?.body
  return body?.kind === 'text' && body.json !== undefined
}

/** Why a JSON text is more than it may be. */
export const excessProblem = (text: string, limits: JsonLimits): Problem | undefined => {
  const excess = jsonExcess(text, limits)
  return excess && new Problem('InvalidBody', refusals[excess](limits))
}

/**
 * JSON is parsed (within its limits, no __proto__), everything else arrives as text for the operation to judge. An empty JSON body
 * is an absent one: several clients send the header with every request.
 */
export const readBodies = (fastify: FastifyInstance, limits: JsonLimits): void => {
  const parse = fastify.getDefaultJsonParser('error', 'error')
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body)
    if (text.trim() === '') return done(null, undefined)
    const own = isOperations(request)
    const problem = own && !text.trimStart().startsWith('{') ? undefined : excessProblem(text, limits)
    if (problem) return done(problem)
    return own ? done(null, text) : parse(request, text, done)
  })
  fastify.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    const isJson = operationOf(request)?.body?.kind === 'json'
    done((isJson && excessProblem(String(body), limits)) || null, body)
  })
}
