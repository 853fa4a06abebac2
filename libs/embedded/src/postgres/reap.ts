import { readFile, realpath, rm } from 'node:fs/promises'
import path from 'node:path'
import { CannotStart } from '../cannot-start.js'
import { codeOf } from '../error-code.js'
import { commandLineOf, processesIn, signalProcess } from '../process-table.js'
import { waitFor } from '../wait.js'

const isPostgres = (words: readonly string[] | undefined): boolean => words?.some((word) => /(^|\/)postgres(:|$)/.test(word)) ?? false

/** The process named in postmaster.pid, when it lives and really is a Postgres on this very directory. */
const livingPostmaster = async (dataDir: string, pid: number): Promise<number | undefined> => {
  const words = await commandLineOf(pid)
  const directory = words?.[words.indexOf('-D') + 1]
  return isPostgres(words) && directory !== undefined && path.resolve(directory) === path.resolve(dataDir) ? pid : undefined
}

// Workers of a postmaster that was killed carry no directory in their command line, but they stand in it.
const livingWorkers = async (dataDir: string): Promise<readonly number[]> => {
  const pids = await processesIn(await realpath(dataDir))
  const named = await Promise.all(pids.map(async (pid) => ({ pid, words: await commandLineOf(pid) })))
  return named.filter(({ words }) => isPostgres(words)).map(({ pid }) => pid)
}

const readPid = async (file: string): Promise<number | undefined> => {
  try {
    const pid = Number((await readFile(file, 'utf8')).split('\n')[0])
    return Number.isInteger(pid) && pid > 1 ? pid : undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Ends what an earlier run left behind on `dataDir`. The pid file is cleared only when no process works there any more:
 * Postgres itself would mistake a stranger who was given the same process id for a running server.
 */
export const reapPostgres = async (dataDir: string): Promise<void> => {
  const pidFile = path.join(dataDir, 'postmaster.pid')
  const pid = await readPid(pidFile)
  const isGone = async (): Promise<true | undefined> =>
    (pid === undefined || !await livingPostmaster(dataDir, pid)) && (await livingWorkers(dataDir)).length === 0 ? true : undefined

  for (const [signal, seconds] of [['SIGINT', 10], ['SIGQUIT', 5], ['SIGKILL', 5]] as const) {
    if (await isGone()) break
    const postmaster = pid !== undefined && await livingPostmaster(dataDir, pid)
    for (const target of postmaster ? [postmaster] : await livingWorkers(dataDir)) signalProcess(target, postmaster ? signal : 'SIGQUIT')
    if (await waitFor(isGone, seconds)) break
    if (signal === 'SIGKILL') throw new CannotStart(`Another Postgres works on ${dataDir} and does not end: stop it first.`)
  }
  await rm(pidFile, { force: true })
}
