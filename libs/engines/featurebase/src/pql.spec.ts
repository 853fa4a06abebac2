import { Problem } from '@tenantry/contracts'
import { admitPql } from './pql.js'

const codeOf = (text: string, access: 'read' | 'write' = 'write'): string => {
  try {
    admitPql(text, access)
    return 'admitted'
  } catch (error) {
    return error instanceof Problem ? error.code : 'another error'
  }
}

it('writes what it has read, to the index that the text names', () => {
  expect(admitPql('[seg]  Count( Row(age>1) )  All()', 'read')).toEqual({ index: 'seg', text: 'Count(Row(age > 1))\nAll()', reads: true })
  expect(admitPql('[seg]Set(9223372036854775807, age=-9223372036854775808)', 'write')).toMatchObject({ text: 'Set(9223372036854775807, age=-9223372036854775808)', reads: false })
})

it.each([
  ['no index', 'Count(All())', 'EngineRejectedQuery'], ['no PQL', '[t]Count(', 'EngineRejectedQuery'], ['a path', '[../internal]All()', 'TableNotFound'], ['a path in the place', '[t/query?x=]All()', 'TableNotFound'],
  ['what keeps the server', '[tenantry-keeps-this-server]All()', 'TableNotFound'], ['what keeps the server, named inside', '[t]Count(Distinct(Row(a=1), index="Tenantry-keeps-this-server", field=a))', 'TableNotFound'],
  ['a table of the server\'s own', '[fb_views]All()', 'TableNotFound'], ['such a table named inside', '[t]Count(Distinct(Row(a=1), index=fb_views, field=a))', 'TableNotFound'],
  ['a call out', '[t]ExternalLookup(query="select 1")', 'LanguageNotSupported'], ['a call out inside', '[t]Count(Apply(Row(a=1), "1"))', 'LanguageNotSupported'], ['a stream', '[t]Arrow(Row(a=1))', 'LanguageNotSupported'],
])('sends nothing for %s', (_, text, code) => {
  expect(codeOf(text)).toBe(code)
})

it('lets a reader read and nothing else', () => {
  for (const text of ['Set(1, a=1)', 'Clear(1, a=1)', 'ClearRow(a=1)', 'Store(Row(a=1), b=2)', 'Delete(Row(a=1))', 'Count(Delete(All()))']) expect(codeOf(`[t]${text}`, 'read')).toMatch(/^(Forbidden|EngineRejectedQuery)$/)
  expect(codeOf('[t]Row(a=1)', 'read')).toBe('admitted')
})
