import { readFile, readdir } from 'node:fs/promises'
import { processesOf } from '../start/single.process.js'

/** Who started a process that lives; undefined when it has ended. */
const parentOf = async (pid: number): Promise<number | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  const [state = 'Z', parent] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  return 'ZX'.includes(state) ? undefined : Number(parent)
}

export const childrenOf = async (pid: number): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const parents = await Promise.all(pids.map(parentOf))
  return pids.filter((_, at) => parents[at] === pid)
}

export const commandOf = async (pid: number): Promise<string> => (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')

/** Processes that have to do with a folder and descend from nobody whom this test has started: their system is dead. */
export const orphansOf = async (folder: string): Promise<readonly string[]> => {
  const isOurs = async (pid: number): Promise<boolean> => {
    let now: number | undefined = pid
    for (let steps = 0; steps < 20 && now !== undefined; steps += 1) {
      if (now === process.pid) return true
      if (now <= 1) return false
      now = await parentOf(now)
    }
    return true
  }
  const found = await Promise.all((await processesOf(folder)).map(async (pid) => await isOurs(pid) ? undefined : `${pid} ${(await commandOf(pid)).slice(0, 150)}`))
  return found.filter((one) => one !== undefined)
}

/** Sends a signal; whether there was somebody to take it. */
export const signal = (pid: number, name: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, name)
    return true
  } catch {
    return false
  }
}
