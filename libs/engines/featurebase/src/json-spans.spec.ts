import { JsonSpans, NoJson } from './json-spans.js'

const membersOf = (text: string): Record<string, string> => {
  const spans = new JsonSpans(Buffer.from(text))
  return Object.fromEntries([...spans.members()].map(([name, span]) => [name, spans.text(span)]))
}

it('finds the members of an object and leaves their bytes as they are', () => {
  expect(membersOf(' {"a" : 9223372036854775807 , "b\\u0041":[1, {"x":"]}\\\\\\""}],"c":-1.50e+3,"d":null,"e":"ü😀"} ')).toEqual({
    a: '9223372036854775807', bA: '[1, {"x":"]}\\\\\\""}]', c: '-1.50e+3', d: 'null', e: '"ü😀"',
  })
  expect(membersOf('{}')).toEqual({})
})

it('counts and cuts lists, also inside others', () => {
  const spans = new JsonSpans(Buffer.from('{"rows":[[1,"a,b"],[2,"]"],[]],"none":null,"o":{"k":[true]}}'))
  const { rows, none, o } = Object.fromEntries(spans.members())
  if (!rows || !none || !o) throw new Error('A member is missing.')
  expect(spans.count(rows)).toBe(3)
  expect(spans.items(rows).map((item) => spans.text(item))).toEqual(['[1,"a,b"]', '[2,"]"]', '[]'])
  expect(spans.count(none)).toBe(0)
  const inner = spans.membersAt(o).get('k')
  expect(inner && spans.text(inner)).toBe('[true]')
})

it.each(['', '{', '{"a":', '{"a":1', '{"a":1}}', '{"a":1} x', '[1]', '{"a" 1}', '{a:1}', '{"a":"b}', '{"a":[1,]}', '{"a":[1 2]}', '{"a":tru}', '{"a":e}', '{"a":-}', '{"a":"\n"}', '{"a":"\\', '{"a":[1}', '{"a":{1]}}', '{"a":{"b":1,}}', '{,}', '[', '<html>', 'goroutine 1 [running]:', `{"a":${'['.repeat(5_000)}`])('takes no text that is not whole: %#', (text) => {
  expect(() => membersOf(text)).toThrow(NoJson)
})
