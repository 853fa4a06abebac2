interface Migrated {
  readonly driver: { createSchemaBuilder(): { log(): Promise<{ readonly upQueries: readonly { readonly query: string }[] }> } }
}

// TypeORM would also drop checks and partial indexes, which entities do not name: only tables and columns are compared.
const tablesAndColumns = /^(CREATE TABLE|DROP TABLE|ALTER TABLE \S+ (ADD|DROP|ALTER|RENAME)\b)/

/** What TypeORM would change in the migrated schema so that it fits the entities: nothing, if nobody forgot anything. */
export const schemaDrift = async (source: Migrated): Promise<readonly string[]> => {
  const { upQueries } = await source.driver.createSchemaBuilder().log()
  return upQueries.map(({ query }) => query).filter((query) => tablesAndColumns.test(query) && !/\bCONSTRAINT\b/.test(query))
}
