import { processorMs } from '@tenantry/testing'
import { withoutEnd } from './statements.js'

describe('the end of a statement', () => {
  it.each([['select 1', 'select 1'], ['select 1 ;\n; ', 'select 1'], ['select \' ; \'', 'select \' ; \''], [' ;', ''], ['', '']])('is cut off: %j', (text, cut) => {
    expect(withoutEnd(text)).toBe(cut)
  })

  it('is found in no time, however many blanks the text holds', () => {
    const blanks = ' '.repeat(1_000_000)
    expect(processorMs(() => {
      expect(withoutEnd(`select '${blanks}'`)).toHaveLength(1_000_009)
      expect(withoutEnd(`select 1${blanks}`)).toBe('select 1')
    })).toBeLessThan(500)
  })
})
