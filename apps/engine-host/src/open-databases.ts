import { readFileSync } from 'node:fs'

/** How many files a process of this user may have open. */
export const openFilesLimit = (): number => {
  try {
    return Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024)
  } catch {
    // Elsewhere than on Linux the usual limit is assumed.
    return 1024
  }
}

/** The page caches of a database's two connections, as the driver sets them. */
const cachesBytes = 2 * 1024 * 1024

/**
 * A database open for reading and writing holds six files; a third of the limit is left for sockets and temporary files. The caches of
 * all together take half of the memory that a child may keep.
 */
export const mostOpenDatabases = (openFiles: number, memoryBytes: number): number =>
  Math.max(8, Math.min(500, Math.floor(openFiles / 3 / 2), Math.floor(memoryBytes / 2 / cachesBytes)))
