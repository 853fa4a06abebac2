import { pathOf } from './path.js'

it.each([
  ['/v2/databases?limit=1', '/v2/databases'], ['/', '/'], ['/v2/a%20b', '/v2/a%20b'], ['/v2/a..b/c.d', '/v2/a..b/c.d'], ['/x?a=//../%00', '/x'],
])('reads the path of %s', (url, path) => {
  expect(pathOf(url)).toBe(path)
})

it.each([
  ['http://other/v2'], ['*'], [''], ['//v2'], ['/v2//x'], ['/v2/../internal'], ['/v2/./x'], ['/v2/..'], ['/v2/%2e%2e/x'], ['/v2/.%2E/x'], ['/v2/%2e'],
  ['/v2%2fx'], ['/v2%2Fx'], ['/v2%5cx'], ['/v2\\x'], ['/v2/%00'], ['/v2/%'], ['/v2/%zz'], ['/v2/é'], ['/v2/a b'], ['/v2/\u0000'], ['/v2/<x>'],
])('refuses %p, which two readers could read differently', (url) => {
  expect(pathOf(url)).toBeUndefined()
})
