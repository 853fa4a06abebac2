import { randomBytes } from 'node:crypto'
import { open, rename } from 'node:fs/promises'
import path from 'node:path'

export const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What such a write leaves behind when it is killed halfway begins with this. */
export const unfinishedPrefix = '.unfinished-'

/** Writes a file for its owner's eyes only, whole or not at all, and on the disk when this settles. */
export const writeDurably = async (file: string, text: string): Promise<void> => {
  const unfinished = path.join(path.dirname(file), `${unfinishedPrefix}${path.basename(file)}-${randomBytes(4).toString('hex')}`)
  const handle = await open(unfinished, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(unfinished, file)
  await syncDirectory(path.dirname(file))
}
