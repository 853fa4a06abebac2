import { EngineRefusal } from '@tenantry/engines-contract'

/** The longest text of a caller. */
export const maxTextBytes = 1024 * 1024

const blanks = /(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*/y
const blanksFrom = (text: string, start: number): number => {
  blanks.lastIndex = start
  blanks.exec(text)
  return blanks.lastIndex
}

/** Refuses what SQLite would silently cut: a text past its limit or with a NUL. */
export const checkText = (text: string): void => {
  if (text.length > maxTextBytes || Buffer.byteLength(text) > maxTextBytes) {
    throw new EngineRefusal('RequestTooLarge', 'A statement may be 1 MB of text at most.')
  }
  if (text.includes('\0')) throw new EngineRefusal('EngineRejectedQuery', 'The statement holds a NUL character; pass it as a parameter or write char(0).')
}

/** Refuses a text that goes on after the statement that SQLite read from it. */
export const checkSingle = (text: string, read: string): void => {
  if (!text.startsWith(read)) throw new EngineRefusal('EngineRejectedQuery', 'The statement is not valid Unicode text.')
  if (blanksFrom(text, read.length) < text.length) {
    throw new EngineRefusal('EngineRejectedQuery', 'Only one statement can be run at a time; send the others one by one.', { position: read.length })
  }
}

const refusedVerbs: Readonly<Record<string, string>> = {
  BEGIN: 'Transactions cannot be opened here: every statement is its own transaction.',
  COMMIT: 'There is no transaction to end: every statement is its own transaction.',
  END: 'There is no transaction to end: every statement is its own transaction.',
  ROLLBACK: 'There is no transaction to undo: every statement is its own transaction.',
  SAVEPOINT: 'Savepoints cannot be set here: every statement is its own transaction.',
  RELEASE: 'There is no savepoint to release: every statement is its own transaction.',
  VACUUM: 'VACUUM cannot be run here: the space of deleted rows is used again by itself.',
  ATTACH: 'ATTACH cannot be run here: a statement sees its own database only.',
  DETACH: 'DETACH cannot be run here: a statement sees its own database only.',
}

/** Why a statement of this kind is never run; undefined for others. The authorizer refuses them too: this only words it. */
export const refusedVerb = (text: string): string | undefined => {
  const verb = /[a-z]+/iy
  verb.lastIndex = blanksFrom(text, 0)
  return refusedVerbs[verb.exec(text)?.[0].toUpperCase() ?? '']
}
