import { execFile } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'

/** About a seventieth of what somebody of the usual priority gets where both want a processor; the kernel gives nobody less. */
const yieldingNice = 19
const answerMs = 2_000
const found = (name: string): string | undefined => [`/usr/bin/${name}`, `/bin/${name}`].find((file) => existsSync(file))
const [chrt, taskset] = [found('chrt'), found('taskset')]

/** Lists as the kernel writes them: "0-3,6". */
const numbersIn = (list: string): readonly number[] => list.split(',').flatMap((range) => {
  const [first, last] = range.split('-').map(Number)
  return first === undefined ? [] : Array.from({ length: (last ?? first) - first + 1 }, (_, at) => first + at)
})

/** The processors on which a process may run. Throws where there is no /proc, or no such process. */
export const processorsOf = (pid: number | 'self'): readonly number[] =>
  numbersIn(/^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '')

/**
 * What of the processors is left to those that yield. Whoever wakes up on one of the others finds it free, or with somebody of its own
 * kind: what yields is interrupted by the kernel too, but a few milliseconds late.
 */
export const laterHalf = (processors: readonly number[]): readonly number[] => processors.length < 2 ? processors : processors.slice(Math.ceil(processors.length / 2))

/** A process that has ended in the meantime is one that it does not find. */
const tell = (command: string | undefined, ...args: readonly string[]): void => {
  if (command !== undefined) execFile(command, args, { timeout: answerMs, env: {} }, () => undefined)
}

/** Has a process and what it started let others run first, as far as the system can, and for good: without privilege it cannot be undone. */
export const letOthersFirst = (pid: number, tryTo: (deed: () => void) => void): void => {
  // Where the kernel divides the processor by sessions first, a child is a session of its own; otherwise its threads count.
  tryTo(() => writeFileSync(`/proc/${pid}/autogroup`, String(yieldingNice)))
  tryTo(() => {
    for (const thread of readdirSync(`/proc/${pid}/task`)) os.setPriority(Number(thread), yieldingNice)
  })
  tryTo(() => tell(chrt, '-a', '-i', '-p', '0', String(pid)))
  tryTo(() => tell(taskset, '-a', '-p', '-c', laterHalf(processorsOf('self')).join(','), String(pid)))
}
