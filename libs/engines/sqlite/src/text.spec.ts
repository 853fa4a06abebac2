import { EngineRefusal } from '@tenantry/engines-contract'
import { checkSingle, checkText, maxTextBytes, refusedVerb } from './text.js'

const code = (work: () => void): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    return error instanceof EngineRefusal ? error.code : 'not a refusal'
  }
}

describe('a text', () => {
  it('may be a megabyte and no longer, counted in bytes', () => {
    expect(code(() => checkText('x'.repeat(maxTextBytes)))).toBeUndefined()
    expect(code(() => checkText('x'.repeat(maxTextBytes + 1)))).toBe('RequestTooLarge')
    expect(code(() => checkText('ü'.repeat(maxTextBytes / 2 + 1)))).toBe('RequestTooLarge')
  })

  it('with a NUL is refused, since SQLite would stop reading there', () => {
    expect(code(() => checkText('select 1\0; drop table t'))).toBe('EngineRejectedQuery')
  })

  it.each([
    ['select 1', 'select 1'], ['select 1;', 'select 1;'], ['select 1; \n\t;; ', 'select 1;'], ['select 1; -- end', 'select 1;'],
    ['select 1; /* a; b */ ;', 'select 1;'], ['select 1; /* open', 'select 1;'],
  ])('may end with blanks, comments and semicolons: %j', (text, read) => {
    expect(code(() => checkSingle(text, read))).toBeUndefined()
  })

  it.each([
    ['select 1; select 2', 'select 1;'], ['select 1; -- x\n drop table t', 'select 1;'], ['select 1;/**/x', 'select 1;'],
    ['select 1;\u00a0;\u200bx', 'select 1;'],
  ])('with a second statement is refused: %j', (text, read) => {
    expect(code(() => checkSingle(text, read))).toBe('EngineRejectedQuery')
  })
})

describe('a statement that is never run', () => {
  it.each(['BEGIN', 'begin immediate', ' commit', '-- c\nEND', '/* x */rollback', 'savepoint a', 'RELEASE a', 'vacuum', 'VACUUM INTO \'x\'', ';attach x', 'DETACH y'])(
    'is refused with a reason: %j', (text) => {
      expect(refusedVerb(text)).toMatch(/\.$/)
    })

  it.each(['select 1', 'beginning', 'EXPLAIN select 1', '', '1'])('is not taken for another: %j', (text) => {
    expect(refusedVerb(text)).toBeUndefined()
  })
})
