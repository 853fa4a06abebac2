import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { CannotStart } from './cannot-start.js'

const run = promisify(execFile)

const works = async (command: string, args: readonly string[]): Promise<boolean> => {
  try {
    await run(command, [...args, 'true'], { timeout: 5_000 })
    return true
  } catch {
    return false
  }
}

const onceKnown = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let answer: Promise<T> | undefined
  return () => (answer ??= ask())
}

// Inside a user namespace of its own a process of root is nobody, and yet the files it makes stay root's: no user has to exist
// and no directory above needs to be open to others.
const asNobody = ['unshare', '-U', '--map-user=65534', '--map-group=65534'] as const
const withUs = ['setpriv', '--pdeathsig', 'KILL'] as const

const namespacesWork = onceKnown(() => works(asNobody[0], asNobody.slice(1)))
const deathSignalWorks = onceKnown(() => works(withUs[0], withUs.slice(1)))
const isRoot = (): boolean => process.getuid?.() === 0

/** The command so wrapped that the kernel kills it when this process dies, where the system can do that. */
export const dyingWithUs = async (command: readonly string[]): Promise<readonly string[]> =>
  await deathSignalWorks() ? [...withUs, ...command] : command

/** As `dyingWithUs`, and never as root. The order matters: entering the namespace clears a death signal set before. */
export const dyingWithUsNotRoot = async (command: readonly string[]): Promise<readonly string[]> => {
  const wrapped = await dyingWithUs(command)
  if (!isRoot()) return wrapped
  if (await namespacesWork()) return [...asNobody, ...wrapped]
  throw new CannotStart(
    'Postgres refuses to run as root and this system has no user namespaces: start as another user, or name a server in DATABASE_URL.')
}
