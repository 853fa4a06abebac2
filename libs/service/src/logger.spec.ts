import { loggedError } from './logger.js'

describe('what is logged of an error', () => {
  it('is what it says and what caused it, and never what it carries', () => {
    const driver = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(a@b.test) exists' })
    const failed = Object.assign(new Error('the query failed', { cause: driver }), { parameters: ['a secret'], query: 'INSERT …' })
    const logged = JSON.stringify(loggedError(failed))
    expect(logged).toContain('the query failed')
    expect(logged).toContain('23505')
    expect(logged).not.toContain('a secret')
    expect(logged).not.toContain('a@b.test')
  })
})
