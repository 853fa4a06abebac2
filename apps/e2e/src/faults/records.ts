import { readFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'

/** Asks the tables of one service, each time over a connection of its own: servers come and go here. */
export type AskRecords = <T extends pg.QueryResultRow>(schema: 'identity' | 'control_plane' | 'provisioner', sql: string) => Promise<readonly T[]>

const deadlineMs = 10_000

export const recordsAt = (urlOf: (schema: string) => Promise<string>): AskRecords => async <T extends pg.QueryResultRow>(schema: string, sql: string) => {
  const client = new pg.Client({ connectionString: await urlOf(schema), connectionTimeoutMillis: deadlineMs, statement_timeout: deadlineMs })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(`SET search_path = ${schema}`)
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

/** The records of a system in one process, which keeps its own Postgres. */
export const recordsIn = (dataDir: string): AskRecords => recordsAt(async () => {
  const secret = (await readFile(path.join(dataDir, 'secrets', 'postgres-password'), 'utf8')).trim()
  const port = (await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[3]
  return `postgres://postgres:${encodeURIComponent(secret)}@127.0.0.1:${port}/tenantry`
})
