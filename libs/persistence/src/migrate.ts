import type { DataSource } from 'typeorm'

/** A migration with this word in its name ends the service's older versions: they refuse to start on the schema after it. */
const breaking = 'Breaking'

/**
 * Brings the schema up, once, however many processes ask: an advisory lock named after the schema lets one of them do it.
 * The source must be initialised and stays so.
 */
export const migrate = async (source: DataSource, schema: string): Promise<readonly string[]> => {
  const runner = source.createQueryRunner()
  try {
    await runner.query('SET statement_timeout = 0; SET lock_timeout = 0')
    await runner.query('SELECT pg_advisory_lock(hashtext($1))', [`migrate:${schema}`])
    const done = await source.runMigrations({ transaction: 'each' })
    return done.map((migration) => migration.name)
  } finally {
    // Without these the pooled connection would keep the lock; where the connection itself is lost, so are they.
    await runner.query('SELECT pg_advisory_unlock_all(); RESET statement_timeout; RESET lock_timeout').catch(() => undefined)
    await runner.release()
  }
}

const knownTo = (source: DataSource): readonly string[] => source.migrations.map((migration) => migration.name ?? migration.constructor.name)

const doneIn = async (source: DataSource, schema: string): Promise<ReadonlySet<string>> => {
  const table: { there: string | null }[] = await source.query('SELECT to_regclass($1)::text AS there', [`${schema}.migrations`])
  const rows: { name: string }[] = table[0]?.there ? await source.query('SELECT name FROM migrations') : []
  return new Set(rows.map((row) => row.name))
}

/** Says why this program must not run on the schema: a newer one has made a breaking change. Other changes of it are fine. */
export const newerFault = async (source: DataSource, schema: string): Promise<string | undefined> => {
  const known = knownTo(source)
  const newer = [...await doneIn(source, schema)].filter((name) => !known.includes(name) && name.includes(breaking))
  return newer.length > 0 ? `The schema ${schema} was changed by a newer version in a way this program does not understand (${newer.join(', ')}); start that version.` : undefined
}

/** The same, and also that something is still to be migrated. Undefined when the program may run. */
export const schemaFault = async (source: DataSource, schema: string): Promise<string | undefined> => {
  const done = await doneIn(source, schema)
  const missing = knownTo(source).filter((name) => !done.has(name))
  if (missing.length > 0) return `The schema ${schema} is older than this program: run "main.js migrate" first (missing: ${missing.join(', ')}).`
  return await newerFault(source, schema)
}
