import { checkPassword, normalised } from './password-rule.js'

const refused = expect.objectContaining({ code: 'InvalidParameter' })

describe('a password', () => {
  it.each(['0183-4711', 'ééééé', ' '.repeat(8), 'x'.repeat(1024)])('may be %j', (password) => {
    expect(() => checkPassword(password, 'ann@example.com')).not.toThrow()
  })

  it.each(['', '1234567', 'x'.repeat(1025), 'é'.repeat(513)])('may not be %j', (password) => {
    expect(() => checkPassword(password, 'ann@example.com')).toThrow(refused)
  })

  it.each(['ann@example.com', 'ANN@example.com', ' ann@example.com ', 'ａnn@example.com'])('may not be the address, as "%s"', (password) => {
    expect(() => checkPassword(password, 'Ann@example.com')).toThrow(refused)
  })

  it.each(['password1', 'PassWord1', 'qwertyuiop', '1q2w3e4r5t', 'ｐassword1', 'trustno1', 'iloveyou', '12345678'])('may not be "%s", which is guessed first', (password) => {
    expect(() => checkPassword(password, 'ann@example.com')).toThrow(refused)
  })

  it('is the same from every keyboard', () => {
    expect(normalised('e\u0301')).toBe(normalised('é'))
    expect(normalised('①')).toBe(normalised('1'))
  })
})
