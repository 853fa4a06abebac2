import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'

export interface Place {
  readonly name: string
  readonly content: Buffer
}

/** Every file below a folder. */
export const filesBelow = async (folder: string): Promise<readonly Place[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  return await Promise.all(files.map(async (name) => ({ name: path.relative(folder, name), content: await readFile(name) })))
}

/** Every row of every table of ours as text, from the embedded Postgres while it runs; its files are whole afterwards. */
export const dumpOf = async (dataDir: string): Promise<readonly Place[]> => {
  const [, , , port = ''] = (await readFile(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')
  const password = (await readFile(path.join(dataDir, 'secrets/postgres-password'), 'utf8')).trim()
  const client = new pg.Client({ host: '127.0.0.1', port: Number(port), user: 'postgres', password, database: 'tenantry', connectionTimeoutMillis: 10_000, statement_timeout: 30_000 })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(`
      SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`)
    const dumped: Place[] = []
    for (const { name } of tables) {
      const { rows } = await client.query<{ line: string }>(`SELECT t::text AS line FROM ${name} t`)
      // Bytes are shown in hexadecimal; what they spell is looked through as well.
      const lines = rows.map(({ line }) => `${line}\n${line.replaceAll(/\\+x((?:[\da-f]{2})+)/g, (_, hex: string) => Buffer.from(hex, 'hex').toString('latin1'))}`)
      dumped.push({ name: `table ${name}`, content: Buffer.from(lines.join('\n')) })
    }
    await client.query('CHECKPOINT')
    return dumped
  } finally {
    await client.end()
  }
}

/** The forms in which a secret could hide in bytes. */
const formsOf = (secret: string): readonly Buffer[] => {
  const bytes = Buffer.from(secret)
  // Base64 of a part that begins at each of the three places a group can begin at.
  const encoded = [0, 1, 2].map((skip) => bytes.subarray(skip, skip + Math.floor((bytes.length - skip) / 3) * 3).toString('base64'))
  return [secret, ...encoded, bytes.toString('hex'), [...secret].reverse().join('')].map((text) => Buffer.from(text))
}

/** Which secrets are found where. */
export const leaksOf = (secrets: ReadonlyMap<string, string>, places: readonly Place[]): readonly string[] => {
  const forms = [...secrets].map(([name, secret]) => ({ name, forms: formsOf(secret) }))
  return places.flatMap((place) => forms.filter((secret) => secret.forms.some((form) => place.content.includes(form))).map((secret) => `${secret.name} in ${place.name}`))
}
