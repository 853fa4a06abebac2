import { z } from 'zod'
import { parseConfig, variable } from './config.js'
import { Exit } from './exit.js'

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

  it('reads no file that is not its own', () => {
    expect(parseConfig(schema, { TOKEN: 'long enough for a secret', OTHER_FILE: '/nowhere' })).toEqual({ PORT: 1, TOKEN: 'long enough for a secret' })
  })

  it('says which file it cannot read', () => {
    expect(() => parseConfig(schema, { TOKEN_FILE: '/nowhere/token' })).toThrow('TOKEN_FILE names the file /nowhere/token, which cannot be read.')
  })
})
