import { isOlder, refusalOf, versionIn } from './version.js'

it('reads the version out of what the program and the server say', () => {
  expect(versionIn('nats-server: v2.14.0')).toEqual([2, 14, 0])
  expect(versionIn('2.9.10')).toEqual([2, 9, 10])
  expect(versionIn('unknown')).toBeUndefined()
})

it.each([
  [[2, 12, 3], true], [[2, 9, 10], true], [[1, 99, 99], true], [[2, 12, 4], false], [[2, 14, 0], false], [[3, 0, 0], false],
] as const)('orders %p by number and not by text', (version, older) => {
  expect(isOlder(version, [2, 12, 4])).toBe(older)
})

it('names both versions when it refuses', () => {
  expect(refusalOf([2, 9, 10], 'The nats-server on PATH')).toMatch(/on PATH is NATS 2\.9\.10, and this program needs 2\.12\.4/)
  expect(refusalOf([2, 14, 0], 'The nats-server on PATH')).toBeUndefined()
})
