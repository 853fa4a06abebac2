import { encodeName, free } from './names.js'

describe('a name in GraphQL', () => {
  it.each([
    ['users', 'users'], ['name with-special$chars', 'nameXX0withXXDspecialXX4chars'], ['XX', 'XXXXXX'], ['1a', 'XXZ1a'], ['a__b', 'aXXRXXRb'], ['__typename', 'XXRXXRtypename'],
    ['ü', 'XXaaapm'], ['😀', 'XXbpgaa'], ['\u{10ffff}', 'XXYbapppp'], ['~', 'XXW'], ['', 'XX'],
  ])('of %j is %s', (name, encoded) => {
    expect(encodeName(name)).toBe(encoded)
  })

  it('gives way until it is free', () => {
    expect(free('a', (name) => name.length < 4)).toBe('a___')
  })
})
