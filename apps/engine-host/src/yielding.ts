import { execFile } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { systemProgram } from './system-program.js'

/** About a seventieth of what somebody of the usual priority gets where both want a processor; the kernel gives nobody less. */
const yieldingNice = 19
const answerMs = 2_000
const [chrt, taskset] = [systemProgram('chrt'), systemProgram('taskset')]

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

// What the system cannot do, or a process that has ended in the meantime, is let be: it is a favour to the others and no more.
const attempt = (deed: () => void): void => {
  try {
    deed()
  } catch {
    return
  }
}

const call = (command: string | undefined, ...args: readonly string[]): void => {
  if (command !== undefined) execFile(command, args, { timeout: answerMs, env: {} }, () => undefined)
}

/** Has a process and what it started let others run first, as far as the system can, and for good: without privilege it cannot be undone. */
export const letOthersFirst = (pid: number): void => {
  // Where the kernel divides the processor by sessions first, a child is a session of its own; otherwise its threads count.
  attempt(() => writeFileSync(`/proc/${pid}/autogroup`, String(yieldingNice)))
  attempt(() => {
    for (const thread of readdirSync(`/proc/${pid}/task`)) os.setPriority(Number(thread), yieldingNice)
  })
  call(chrt, '-a', '-i', '-p', '0', String(pid))
  attempt(() => call(taskset, '-a', '-p', '-c', laterHalf(processorsOf('self')).join(','), String(pid)))
}
