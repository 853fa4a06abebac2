import { processorMs } from '@tenantry/testing'
import { emailKey, readEmail } from './email.js'

describe('an e-mail address', () => {
  it.each(['ann@example.com', 'a.b+c@sub.example.co.uk', 'ann_o\'neil@example.com', 'ängström@müller.example', `${'a'.repeat(64)}@example.com`])('can be %s', (text) => {
    expect(readEmail(text)).toBe(text)
  })

  it.each([
    '', 'ann', '@example.com', 'ann@', 'ann@example', 'ann@@example.com', 'ann@example..com', 'ann@-example.com', 'ann@example.com.', 'a b@example.com', 'ann@exa mple.com',
    '<ann@example.com>', 'ann@example.com,bob@example.com', 'ann\0@example.com', `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(70)}.com`,
  ])('cannot be "%s"', (text) => {
    expect(() => readEmail(text)).toThrow(expect.objectContaining({ code: 'InvalidParameter' }))
  })

  it('is the same with spaces around it, in capitals, and composed otherwise', () => {
    expect(emailKey('  Ängström@EXAMPLE.com ')).toBe(emailKey('a\u0308ngstro\u0308m@example.com'))
  })

  it('is judged in a moment, whatever it is', () => {
    expect(processorMs(() => {
      for (const text of [`${'a'.repeat(100_000)}@`, `a@${'a-'.repeat(50_000)}`, `a@${'a.'.repeat(50_000)}`]) expect(() => readEmail(text)).toThrow()
      for (const text of [`a@${'a-'.repeat(120)}!`, `a@${'a.'.repeat(120)}!`, `a@${'a'.repeat(240)}!`]) expect(() => readEmail(text)).toThrow()
    })).toBeLessThan(200)
  })
})
