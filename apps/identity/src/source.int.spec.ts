import { migrate } from '@tenantry/persistence'
import { testDatabase } from '@tenantry/testing'
import { identitySource, schema } from './source.js'

describe('the records of identity', () => {
  it('have the tables and columns that the entities name', async () => {
    const database = await testDatabase(schema)
    const source = identitySource({ databaseUrl: database.url, poolSize: 2 })
    await source.initialize()
    await migrate(source, schema)
    const { upQueries } = await source.driver.createSchemaBuilder().log()
    const drift = upQueries.map(({ query }) => query).filter((query) => /^(CREATE|DROP) TABLE|^ALTER TABLE .*\b(ADD|DROP|ALTER|RENAME)\b (?!CONSTRAINT)/.test(query))
    expect(drift).toEqual([])
    await source.destroy()
    await database.drop()
  })

  it('can be taken down again to nothing', async () => {
    const database = await testDatabase(schema)
    const source = identitySource({ databaseUrl: database.url, poolSize: 2 })
    await source.initialize()
    await migrate(source, schema)
    for (const _ of source.migrations) await source.undoLastMigration()
    expect(await source.query("SELECT table_name FROM information_schema.tables WHERE table_schema = $1 AND table_name <> 'migrations'", [schema])).toEqual([])
    await source.destroy()
    await database.drop()
  })
})
