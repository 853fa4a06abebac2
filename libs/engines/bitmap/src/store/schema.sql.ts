const views = `CREATE TABLE views (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, query TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL)`

/** What a new database holds: no table yet, and what the engine keeps of its index. Names of tenants are never names of SQLite's. */
export const firstSchema = `
  CREATE TABLE format (version INTEGER NOT NULL);
  INSERT INTO format VALUES (2);
  CREATE TABLE tables (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, keyed INTEGER NOT NULL, tracks INTEGER NOT NULL,
    description TEXT NOT NULL, created_at INTEGER NOT NULL);
  CREATE TABLE fields (id INTEGER PRIMARY KEY AUTOINCREMENT, table_id INTEGER NOT NULL REFERENCES tables (id) ON DELETE CASCADE, name TEXT NOT NULL,
    options TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (table_id, name));
  CREATE TABLE saved_bitmaps (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, view INTEGER NOT NULL, row INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (owner, view, row));
  CREATE TABLE changes (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, records BLOB NOT NULL);
  CREATE INDEX changes_owner ON changes (owner);
  ${views}
`

/** What brings a file of an older version to the next. */
export const upgrades: Readonly<Record<number, string>> = { 1: views }
export const fileVersion = 2

/** Names of what belongs to one table or field: numbers, so that nobody's choice of a name is ever part of a statement. */
export const rowsOf = (table: number): string => `rows_${table}`
export const keysOf = (table: number): string => `keys_${table}`
export const valuesOf = (field: number): string => `values_${field}`
export const dictionaryOf = (field: number): string => `words_${field}`
export const columnOf = (field: number): string => `f${field}`
