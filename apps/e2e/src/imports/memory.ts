import { readFile } from 'node:fs/promises'

/** What processes hold of the machine's memory, each page of it counted once. */
export const memoryOf = async (pids: readonly number[]): Promise<number> => (await Promise.all(pids.map(heldBy))).reduce((sum, bytes) => sum + bytes, 0)

const heldBy = async (pid: number): Promise<number> => {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024
}
