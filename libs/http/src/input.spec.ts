import { type Operation, Problem } from '@tenantry/contracts'
import fc from 'fast-check'
import { z } from 'zod'
import { jsonExcess } from './body.js'
import { readInput } from './input.js'
import { fastifyPath } from './on.js'

const operation = {
  id: 'test', method: 'POST', path: '/v2/things/{thing_id}', tag: 'Test', summary: 'Test', permission: 'caller', problems: [], success: { status: 200, description: '' },
  wire: { body: () => ({}) },
  params: z.object({ thing_id: z.string() }), query: z.object({ limit: z.coerce.number().default(1) }),
  body: { kind: 'json', schema: z.object({ name: z.string(), inner: z.object({ size: z.number().max(3, 'must be at most 3') }).optional() }) },
} as const satisfies Operation

const read = (body: unknown, change: Partial<Operation> = {}, headers: Record<string, string> = {}) =>
  readInput({ ...operation, ...change } as Operation, { params: { thing_id: 'x' }, query: {}, body, headers })
const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    return error instanceof Problem ? `${error.code}: ${error.message}` : 'not a problem'
  }
  return 'nothing'
}

describe('readInput', () => {
  it('gives what the schemas make of params, query and body', () => {
    expect(read({ name: 'a', more: 1 })).toEqual({ params: { thing_id: 'x' }, query: { limit: 1 }, body: { name: 'a' } })
  })

  it('says which field is missing and which is wrong', () => {
    expect(codeOf(() => read({}))).toBe('MissingParameter: name is required.')
    expect(codeOf(() => read({ name: 'a', inner: { size: 4 } }))).toBe('InvalidParameter: inner.size: must be at most 3')
  })

  it('refuses a body that is absent, of another type, or no object', () => {
    expect(codeOf(() => read(undefined))).toMatch(/^InvalidBody/)
    expect(codeOf(() => read('name=a', {}, { 'content-type': 'application/x-www-form-urlencoded' }))).toMatch(/^InvalidContentType: Send the body as JSON/)
    expect(codeOf(() => read([]))).toMatch(/^InvalidBody/)
  })

  it('parses JSON of any content type only where the operation says so', () => {
    const any = { body: { ...operation.body, anyContentType: true } } as const
    expect(read('{"name":"a"}', any)).toMatchObject({ body: { name: 'a' } })
    expect(codeOf(() => read('{"name":', any))).toMatch(/^InvalidBody/)
  })

  it('lets a schema name its own problem', () => {
    const params = z.object({ thing_id: z.string().transform((_, context) => {
      context.addIssue({ code: 'custom', params: { problem: new Problem('DatabaseNotFound', 'There is no such database.') } })
      return z.NEVER
    }) })
    expect(codeOf(() => read({ name: 'a' }, { params }))).toBe('DatabaseNotFound: There is no such database.')
  })

  it('hands text over as it is', () => {
    const text = { body: { kind: 'text', description: '' } } as const
    expect(read('select 1', text)).toMatchObject({ body: 'select 1' })
    expect(read(undefined, text)).toMatchObject({ body: '' })
    expect(codeOf(() => read({ sql: 'select 1' }, text))).toMatch(/^InvalidContentType/)
  })
})

describe('jsonExcess', () => {
  const depthOf = (value: unknown): number => typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
  const mostItems = (value: unknown): number => typeof value === 'object' && value !== null ? Math.max(Object.keys(value).length, ...Object.values(value).map(mostItems)) : 0
  const unlimited = { JSON_DEPTH: 1_000, JSON_ITEMS: 1_000_000 }

  it('finds exactly what is deeper, or has more items, than it may, whatever stands in strings', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      const [text, depth, items] = [JSON.stringify(value), depthOf(value), mostItems(value)]
      expect(jsonExcess(text, { ...unlimited, JSON_DEPTH: depth })).toBeUndefined()
      if (depth > 0) expect(jsonExcess(text, { ...unlimited, JSON_DEPTH: depth - 1 })).toBe('depth')
      expect(jsonExcess(text, { ...unlimited, JSON_ITEMS: Math.max(1, items) })).toBeUndefined()
      if (items > 1) expect(jsonExcess(text, { ...unlimited, JSON_ITEMS: items - 1 })).toBe('items')
    }), { numRuns: 500, seed: 3 })
    expect(jsonExcess('{"a":"[[[[\\"[[[,,,,"}', { JSON_DEPTH: 1, JSON_ITEMS: 1 })).toBeUndefined()
  })

  it('ends where it has seen enough, and bears what is no JSON', () => {
    expect(jsonExcess('['.repeat(1_000_000), { ...unlimited, JSON_DEPTH: 32 })).toBe('depth')
    expect(jsonExcess(`[${'1,'.repeat(1_000_000)}`, { ...unlimited, JSON_ITEMS: 10 })).toBe('items')
    expect(jsonExcess(']]],,,}"', { JSON_DEPTH: 1, JSON_ITEMS: 1 })).toBeUndefined()
  })
})

describe('fastifyPath', () => {
  it('turns braces into colons', () => {
    expect(fastifyPath('/v2/users/{user_id}/keys/{id}')).toBe('/v2/users/:user_id/keys/:id')
  })
})
