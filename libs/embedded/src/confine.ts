import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { CannotStart } from './cannot-start.js'

const run = promisify(execFile)
const trySeconds = 30

const works = async (command: string, args: readonly string[]): Promise<boolean> => {
  try {
    await run(command, [...args, 'true'], { timeout: trySeconds * 1_000 })
    return true
  } catch (cause) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'number' || code === 'ENOENT' || code === 'EACCES') return false
    // A machine that is too busy to say so is not one that cannot: taken for that, it would leave servers behind.
    throw new CannotStart(`It could not be found out within ${trySeconds} seconds whether ${command} works here: the machine is too busy; start again.`, cause)
  }
}

const onceKnown = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let answer: Promise<T> | undefined
  return () => (answer ??= ask().catch((error: unknown) => {
    answer = undefined
    throw error
  }))
}

// Inside a user namespace of its own a process of root is nobody, and yet the files it makes stay root's: no user has to exist
// and no directory above needs to be open to others.
const asNobody = ['unshare', '-U', '--map-user=65534', '--map-group=65534'] as const
const withUs = ['setpriv', '--pdeathsig', 'KILL'] as const
// Whoever asks for the signal after its parent has died is never sent it. So the parent is looked at once the asking is done.
const unlessOrphaned = ['/bin/sh', '-c', '[ "$PPID" = "$0" ] || exit 1; exec "$@"'] as const

const namespacesWork = onceKnown(() => works(asNobody[0], asNobody.slice(1)))
const deathSignalWorks = onceKnown(() => works(withUs[0], withUs.slice(1)))
const isRoot = (): boolean => process.getuid?.() === 0

/** The command so wrapped that the kernel kills it when this process dies, where the system can do that. */
export const dyingWithUs = async (command: readonly string[]): Promise<readonly string[]> =>
  await deathSignalWorks() ? [...withUs, ...unlessOrphaned, String(process.pid), ...command] : command

/** As `dyingWithUs`, and never as root. The order matters: entering the namespace clears a death signal set before. */
export const dyingWithUsNotRoot = async (command: readonly string[]): Promise<readonly string[]> => {
  const wrapped = await dyingWithUs(command)
  if (!isRoot()) return wrapped
  if (await namespacesWork()) return [...asNobody, ...wrapped]
  throw new CannotStart(
    'Postgres refuses to run as root and this system has no user namespaces: start as another user, or name a server in DATABASE_URL.')
}
