import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { until } from '../client.mjs'

export const rowCount = 100_000
const batch = 10_000
const ddl = 'create table t (id integer primary key, name text not null, amount real not null)'
const insert = (from) => `insert into t with recursive n(i) as (select ${from + 1} union all select i + 1 from n where i < ${from + batch}) select i, 'name ' || i, i * 1.5 from n`
const statements = [ddl, ...Array.from({ length: rowCount / batch }, (_, at) => insert(at * batch))]

/** The same table as a tenant's database; in batches, so that no statement is long. */
export const fillTenant = async (account) => {
  const { id } = await account.create('measured')
  await until('the database runs', async () => (await account.get(id)).database_status === 'RUNNING', 30, 5)
  for (const statement of statements) await account.sql(id, statement)
  return id
}

/** The same table as a file that SQLite opens directly. */
export const fillFile = (folder) => {
  const file = path.join(folder, 'rows.db')
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal')
  for (const statement of statements) database.exec(statement)
  database.close()
  return file
}
