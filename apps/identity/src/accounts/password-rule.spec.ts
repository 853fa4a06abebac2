import { checkPassword, normalised } from './password-rule.js'

const refused = expect.objectContaining({ code: 'InvalidParameter' })

describe('a password', () => {
  it.each(['12345678', 'ééééé', ' '.repeat(8), 'x'.repeat(1024)])('may be %j', (password) => {
    expect(() => checkPassword(password, 'ann@example.com')).not.toThrow()
  })

  it.each(['', '1234567', 'x'.repeat(1025), 'é'.repeat(513)])('may not be %j', (password) => {
    expect(() => checkPassword(password, 'ann@example.com')).toThrow(refused)
  })

  it.each(['ann@example.com', 'ANN@example.com', ' ann@example.com ', 'ａnn@example.com'])('may not be the address, as "%s"', (password) => {
    expect(() => checkPassword(password, 'Ann@example.com')).toThrow(refused)
  })

  it('is the same from every keyboard', () => {
    expect(normalised('e\u0301')).toBe(normalised('é'))
    expect(normalised('①')).toBe(normalised('1'))
  })
})
