import { type DocumentNode, GraphQLError, Kind, type OperationDefinitionNode, getIntrospectionQuery } from 'graphql'
import { checkLimits } from './check-limits.js'
import type { DocumentLimits } from './limits.js'
import { parseWithin } from './parse-within.js'

const usual: DocumentLimits = { tokens: 1_000, depth: 10, aliases: 30, rootFields: 20, directives: 50, cost: 5_000, rows: 10_000 }

const operationIn = ({ definitions }: DocumentNode): OperationDefinitionNode => {
  const found = definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)
  if (!found) throw new Error('There is no operation.')
  return found
}

/** The code of the limit that a document passes; undefined for one that keeps them all. */
const passed = (text: string, variables: Readonly<Record<string, unknown>> = {}, limits: Partial<DocumentLimits> = {}): unknown => {
  const all = { ...usual, ...limits }
  try {
    const document = parseWithin(text, all)
    checkLimits(document, operationIn(document), all)(variables)
    return undefined
  } catch (error) {
    if (error instanceof GraphQLError) return error.extensions['code'] ?? error.message
    throw error
  }
}

const times = (count: number, make: (at: number) => string): string => Array.from({ length: count }, (_, at) => make(at)).join(' ')
const nested = (levels: number, name = 'a'): string => levels === 1 ? name : `${name} { ${nested(levels - 1, name)} }`

describe('a document at its limits', () => {
  it.each<[string, (count: number) => string, number, string]>([
    ['tokens', (count) => `{ ${times(count - 2, () => 'a')} }`, 1_000, 'TooManyTokens'],
    ['levels', (count) => `{ ${nested(count)} }`, 10, 'TooDeep'],
    ['levels, some of them in fragments', (count) => `{ a { ...f } } fragment f on a { ${nested(count - 1)} }`, 10, 'TooDeep'],
    ['levels, some of them in inline fragments', (count) => `{ a { ... on a { ${nested(count - 1)} } } }`, 10, 'TooDeep'],
    ['aliases', (count) => `{ a { ${times(count, (at) => `x${at}: b`)} } }`, 30, 'TooManyAliases'],
    ['aliases, of a fragment that is spread again and again', (count) => `{ a { ${times(count / 10, () => '...f')} } } fragment f on a { ${times(10, (at) => `x${at}: b`)} }`, 30, 'TooManyAliases'],
    ['fields at the root', (count) => `{ ${times(count, (at) => `a${at}`)} }`, 20, 'TooManyRootFields'],
    ['fields at the root, in fragments', (count) => `{ ...f } fragment f on Query { ${times(count, () => 'a')} }`, 20, 'TooManyRootFields'],
    ['directives', (count) => `{ a { b ${times(count, () => '@include(if: true)')} } }`, 50, 'TooManyDirectives'],
  ])('may have its number of %s, and not more', (_what, make, most, code) => {
    const room: Partial<DocumentLimits> = code === 'TooManyTokens' ? { rootFields: 5_000 } : {}
    expect(passed(make(most), {}, room)).toBeUndefined()
    expect(passed(make(code === 'TooManyAliases' ? most + 10 : most + 1), {}, room)).toBe(code)
  })

  it('costs more the deeper its fields are', () => {
    expect(passed('{ a { b { c } } }', {}, { cost: 7.25 })).toBeUndefined()
    expect(passed('{ a { b { c } } }', {}, { cost: 7.24 })).toBe('TooCostly')
    expect(passed(`{ ${times(20, (at) => `t${at} { ${times(40, (column) => `c${column}`)} }`)} }`)).toBeUndefined()
    expect(passed(`{ a { b { c { d { e { f { g { ${times(300, (at) => `c${at}`)} } } } } } } } }`)).toBe('TooCostly')
  })

  it('may ask for so many rows, by its lists inside of lists multiplied', () => {
    expect(passed('{ a(limit: 100) { b(limit: 100) { c } } d(limit: 10000) { e } }')).toBeUndefined()
    expect(passed('{ a(limit: 100) { b(limit: 101) { c } } }')).toBe('TooManyRows')
    expect(passed('{ a(limit: 10001) { c } }')).toBe('TooManyRows')
    expect(passed('{ a(first: 101) { ...f } } fragment f on a { b { c(last: 100) { d } } }')).toBe('TooManyRows')
    expect(passed('{ a { b { c } } }')).toBeUndefined()
    expect(passed('{ limits_by_pk(limit: 10001) { c } update_limits_by_pk_(limit: 10001) { d } }')).toBeUndefined()
  })

  it('may ask for as many by its variables, and by what they are when none is sent', () => {
    const text = 'query ($n: Int = 101, $m: Int!) { a(limit: $n) { b(limit: $m) { c } } }'
    expect(passed(text, { n: 100, m: 100 })).toBeUndefined()
    expect(passed(text, { n: 100, m: 101 })).toBe('TooManyRows')
    expect(passed(text, { m: 100 })).toBe('TooManyRows')
    expect(passed(text, { n: null, m: 10_000 })).toBeUndefined()
    expect(passed(text, { n: -5, m: -10_000_000 })).toBeUndefined()
  })

  it('may ask what the schema is, as every client does, but not again and again', () => {
    expect(passed(getIntrospectionQuery({ descriptions: true, schemaDescription: true, inputValueDeprecation: true, specifiedByUrl: true, oneOf: true, directiveIsRepeatable: true }))).toBeUndefined()
    expect(passed(`{ ${times(3, (at) => `s${at}: __schema { types { name } }`)} }`)).toBe('TooCostly')
  })
})

describe('a document that would take forever', () => {
  it('is measured in time that grows with its text, however much its fragments multiply', () => {
    const doubling = times(30, (at) => `fragment f${at} on a { ...f${at + 1} ...f${at + 1} }`)
    expect(passed(`{ a { ...f0 } } ${doubling} fragment f30 on a { x: b }`)).toBe('TooManyAliases')
    expect(passed(`{ a { ...f0 } } ${doubling} fragment f30 on a { b }`)).toBe('TooCostly')
    expect(passed(`{ a { ...f0 } } ${times(30, (at) => `fragment f${at} on a { x(limit: 10) { ...f${at + 1} } y(limit: 10) { ...f${at + 1} } }`)} fragment f30 on a { b }`, {}, { depth: 100, cost: Infinity, aliases: Infinity })).toBe('TooManyRows')
  })

  it('is left to validation where its fragments spread each other in a circle', () => {
    expect(passed('{ a { ...f } } fragment f on a { b { ...g } } fragment g on a { c { ...f } }')).toBeUndefined()
    expect(passed('{ ...f } fragment f on Query { ...f }')).toBeUndefined()
    expect(passed('{ ...nowhere }')).toBeUndefined()
  })

  it('is read no further than it may be long', () => {
    expect(passed(`{ ${'a '.repeat(400_000)}`)).toBe('TooManyTokens')
    expect(passed(`{ a(x: ${'['.repeat(900_000)}`)).toBe('TooManyTokens')
    expect(passed('{ a(')).toMatch(/^Syntax Error/)
  })
})
