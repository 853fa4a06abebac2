import { rm } from 'node:fs/promises'
import path from 'node:path'
import { writeDurably } from './write-file.js'

const fileName = 'admin.json'

/** Says in the data folder, to its owner, where the admin port of this process is. Answers how that is taken back. */
export const tellAdminAddress = async (dataDir: string, url: string): Promise<() => Promise<void>> => {
  const file = path.join(dataDir, fileName)
  await writeDurably(file, `${JSON.stringify({ pid: process.pid, url })}\n`)
  return () => rm(file, { force: true })
}
