import { deriveKey } from '@tenantry/secrets'
import { Exit } from '@tenantry/service'
import type { DataSource } from 'typeorm'

/**
 * Refuses a pepper that the records were not made with, under which no password and no API key would be right any more; the first one
 * that is seen is theirs. Throws Exit.
 */
export const provePepper = async (source: DataSource, pepper: Buffer): Promise<void> => {
  const mark = deriveKey(pepper, 'identity/pepper-mark')
  await source.query(`INSERT INTO secret_marks (name, mark) VALUES ('pepper', $1) ON CONFLICT DO NOTHING`, [mark])
  const [known]: { mark: Buffer }[] = await source.query(`SELECT mark FROM secret_marks WHERE name = 'pepper'`)
  if (known?.mark.equals(mark) !== true) {
    throw new Exit('Passwords and API keys were kept with another pepper, and none would be right any more: start with the PEPPER that this database was made with.')
  }
}
