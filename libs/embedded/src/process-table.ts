import { execFile } from 'node:child_process'
import { readFile, readdir, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { codeOf } from './error-code.js'

const run = promisify(execFile)
const isMissing = (error: unknown): boolean => ['ENOENT', 'ESRCH', 'EACCES'].includes(codeOf(error) ?? '')

const orNothing = async <T>(reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

// The state letter follows the command's name, which stands in parentheses and may itself hold parentheses and spaces.
const stateLetter = (stat: string): string => stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)

const linuxCommandLine = async (pid: number): Promise<readonly string[] | undefined> => {
  const stat = await orNothing(readFile(`/proc/${pid}/stat`, 'utf8'))
  if (!stat || 'ZX'.includes(stateLetter(stat))) return undefined
  const text = await orNothing(readFile(`/proc/${pid}/cmdline`, 'utf8'))
  return text?.split('\0').filter((word) => word !== '')
}

const portableCommandLine = async (pid: number): Promise<readonly string[] | undefined> => {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,command=', '-p', String(pid)], { timeout: 5_000 })
    const [state = 'Z', ...words] = stdout.trim().split(/\s+/)
    return state.startsWith('Z') ? undefined : words
  } catch {
    return undefined
  }
}

/** The words of a living process' command line; undefined when there is no such process or it is a zombie. */
export const commandLineOf = (pid: number): Promise<readonly string[] | undefined> =>
  process.platform === 'linux' ? linuxCommandLine(pid) : portableCommandLine(pid)

/** The living processes whose working directory is `directory`. Empty where the system does not tell. */
export const processesIn = async (directory: string): Promise<readonly number[]> => {
  if (process.platform !== 'linux') return []
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid)
  const places = await Promise.all(pids.map(async (pid) => ({ pid, cwd: await orNothing(readlink(`/proc/${pid}/cwd`)) })))
  return places.filter(({ cwd }) => cwd === directory).map(({ pid }) => pid)
}

/** Sends a signal; a process that is already gone is no error. */
export const signalProcess = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}
