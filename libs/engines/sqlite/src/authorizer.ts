import { constants } from 'node:sqlite'
import { functions, pragmas, readablePragmas, tableModules, virtualModules } from './allowed.js'

/** What the statements that were prepared since `begin` want to do. */
export interface Seen {
  /** Changes rows or the schema. */
  writes: boolean
  /** Changes the schema, so that what was learned of it is stale. */
  schema: boolean
  /** Does something that a sub-select cannot. */
  plain: boolean
  deniedBecause: string | undefined
}

export interface Gate {
  readonly seen: Seen
  /** Our own statements pass while this is true: BEGIN around RETURNING, for one. */
  trusted: boolean
  begin(): void
  readonly authorize: (action: number, first: string | null, second: string | null, database: string | null) => number
}

const { SQLITE_OK, SQLITE_DENY } = constants
const selects: ReadonlySet<number> = new Set([constants.SQLITE_SELECT, constants.SQLITE_RECURSIVE])
const rowWrites: ReadonlySet<number> = new Set([constants.SQLITE_INSERT, constants.SQLITE_UPDATE, constants.SQLITE_DELETE])
const schemaWrites: ReadonlySet<number> = new Set([
  constants.SQLITE_CREATE_INDEX, constants.SQLITE_CREATE_TABLE, constants.SQLITE_CREATE_TRIGGER, constants.SQLITE_CREATE_VIEW,
  constants.SQLITE_DROP_INDEX, constants.SQLITE_DROP_TABLE, constants.SQLITE_DROP_TRIGGER, constants.SQLITE_DROP_VIEW,
  constants.SQLITE_ALTER_TABLE, constants.SQLITE_REINDEX, constants.SQLITE_ANALYZE, constants.SQLITE_DROP_VTABLE,
])
const temporary: ReadonlySet<number> = new Set([
  constants.SQLITE_CREATE_TEMP_INDEX, constants.SQLITE_CREATE_TEMP_TABLE, constants.SQLITE_CREATE_TEMP_TRIGGER, constants.SQLITE_CREATE_TEMP_VIEW,
  constants.SQLITE_DROP_TEMP_INDEX, constants.SQLITE_DROP_TEMP_TABLE, constants.SQLITE_DROP_TEMP_TRIGGER, constants.SQLITE_DROP_TEMP_VIEW,
])

const mayReadTable = (table: string): boolean => {
  const name = table.toLowerCase()
  return name.startsWith('pragma_') ? pragmas.has(name.slice(7)) || readablePragmas.has(name.slice(7)) : !tableModules.has(name)
}
const mayPragma = (name: string, value: string | null): boolean => pragmas.has(name) || (value === null && readablePragmas.has(name))

/** The authorizer of one connection. It denies by default: an action it has no rule for is refused. */
export const makeGate = (): Gate => {
  const seen: Seen = { writes: false, schema: false, plain: false, deniedBecause: undefined }
  const deny = (reason: string): number => {
    seen.deniedBecause ??= reason
    return SQLITE_DENY
  }
  const judge = (action: number, first: string | null, second: string | null, database: string | null): number => {
    if (selects.has(action)) return SQLITE_OK
    if (action === constants.SQLITE_READ) return mayReadTable(first ?? '') ? SQLITE_OK : deny(`The table ${first} cannot be read here.`)
    if (action === constants.SQLITE_FUNCTION) {
      return functions.has((second ?? '').toLowerCase()) ? SQLITE_OK : deny(`The function ${second} cannot be called here.`)
    }
    if (rowWrites.has(action)) {
      seen.writes = true
      // ALTER TABLE touches the temporary schema table, which is always empty; nothing else has business there.
      return database === 'temp' && action !== constants.SQLITE_UPDATE ? deny('Temporary tables cannot be used here.') : SQLITE_OK
    }
    if (schemaWrites.has(action)) {
      seen.writes = seen.schema = true
      return SQLITE_OK
    }
    seen.plain = true
    if (temporary.has(action)) return deny('Temporary tables, views, triggers and indexes cannot be made here.')
    if (action === constants.SQLITE_PRAGMA) {
      return mayPragma((first ?? '').toLowerCase(), second) ? SQLITE_OK : deny(`PRAGMA ${first} cannot be ${second === null ? 'read' : 'used'} here.`)
    }
    if (action === constants.SQLITE_CREATE_VTABLE) {
      seen.writes = seen.schema = true
      return virtualModules.has((second ?? '').toLowerCase()) ? SQLITE_OK : deny(`Virtual tables of ${second} cannot be made here.`)
    }
    if (action === constants.SQLITE_TRANSACTION || action === constants.SQLITE_SAVEPOINT) return deny('Every statement is its own transaction here.')
    if (action === constants.SQLITE_ATTACH || action === constants.SQLITE_DETACH) return deny('A statement sees its own database only.')
    return deny('Statements of this kind cannot be run here.')
  }
  const gate: Gate = {
    seen,
    trusted: false,
    begin() {
      seen.writes = seen.schema = seen.plain = false
      seen.deniedBecause = undefined
    },
    authorize: (action, first, second, database) => (gate.trusted ? SQLITE_OK : judge(action, first, second, database)),
  }
  return gate
}
