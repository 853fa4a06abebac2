import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** Where a host keeps what it needs while it runs, and what outlives it. */
export interface Places {
  readonly tenants: string
  readonly templates: string
  /** Sockets, notes and temporary files: worthless once the host has ended. */
  readonly run: string
  /** Where clients on this machine find the host of this data. */
  readonly socket: string
}

// A Unix socket's path is at most 108 bytes on Linux and 104 on macOS; children's sockets add `/child-1234.sock`.
const longestRunFolder = 80

/** The folder for sockets: in the data folder, or below the system's temporary folder when that path is too long for a socket. */
export const runFolderOf = (dataFolder: string, temporary: string): string => {
  const inside = path.join(path.resolve(dataFolder), 'run')
  if (Buffer.byteLength(inside) <= longestRunFolder) return inside
  return path.join(temporary, `tenantry-${createHash('sha256').update(inside).digest('hex').slice(0, 12)}`)
}

/** Where a host for this data folder listens unless told otherwise; its clients find it by the same rule. */
export const socketPathOf = (dataFolder: string): string => path.join(runFolderOf(dataFolder, os.tmpdir()), 'engine.sock')

const makePrivate = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  if (!found.isDirectory() || (process.getuid !== undefined && found.uid !== process.getuid())) {
    throw new Error(`${folder} belongs to somebody else; remove it or choose another DATA_DIR.`)
  }
  chmodSync(folder, 0o700)
}

export const preparePlaces = (dataFolder: string): Places => {
  const data = path.resolve(dataFolder)
  const places = {
    tenants: path.join(data, 'tenants'), templates: path.join(data, 'templates'),
    run: runFolderOf(data, os.tmpdir()), socket: socketPathOf(data),
  }
  for (const folder of [places.tenants, places.templates, places.run]) makePrivate(folder)
  return places
}

/** Removes what the children of a host that was killed have left behind. */
export const clearRunFolder = ({ run }: Places): void => {
  for (const name of readdirSync(run)) {
    if (/^child-\d+\.(sock|note|tmp)$/.test(name)) rmSync(path.join(run, name), { recursive: true, force: true })
  }
}

/** Whether a socket can be opened at this path; the system cuts longer ones or refuses them without a reason. */
export const fitsSocket = (socketPath: string): boolean => Buffer.byteLength(socketPath) <= 100
