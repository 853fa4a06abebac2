import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { freePort } from '@tenantry/embedded'
import { writeDurably } from './write-file.js'

const fileName = 'tenants-postgres.port'

/** The port of the Postgres for tenants: the one that is wished, or the one that it had before, or one that is free now and is kept. */
export const settleTenantsPort = async (dataDir: string, wished: number): Promise<number> => {
  if (wished > 0) return wished
  const file = path.join(dataDir, fileName)
  const known = Number(await readFile(file, 'utf8').catch(() => ''))
  if (Number.isInteger(known) && known > 0 && known < 65_536) return known
  const port = await freePort()
  await writeDurably(file, `${port}\n`)
  return port
}
