import { Exit } from './exit.js'
import { loggedError } from './logger.js'
import { parseConfig, variable } from './config.js'
import { z } from 'zod'

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

describe('parseConfig', () => {
  const schema = z.object({ PORT: variable.port(1), TOKEN: variable.secret() })

  it('names every wrong variable at once, and exits with 78', () => {
    const parse = (): unknown => parseConfig(schema, { PORT: 'x', TOKEN: 'short' })
    expect(parse).toThrow(Exit)
    expect(parse).toThrow(/PORT: .*\n\s+TOKEN: at least 16 characters/)
  })

  it('takes an empty variable as an absent one', () => {
    expect(parseConfig(schema, { PORT: '', TOKEN: 'long enough for a secret' }).PORT).toBe(1)
  })

  it('says which file it cannot read', () => {
    expect(() => parseConfig(schema, { TOKEN_FILE: '/nowhere/token' })).toThrow('TOKEN_FILE names the file /nowhere/token, which cannot be read.')
  })
})
