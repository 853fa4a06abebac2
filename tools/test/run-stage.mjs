import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

const signalGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal)
    return true
  } catch (error) {
    if (error.code === 'ESRCH') return false
    throw error
  }
}

/**
 * Runs a program as the leader of a process group and ends the whole group when `seconds` are over, or when it lingers after it
 * wrote its `report`: what a test forgot to close must not hang the run. Answers why the stage failed; undefined when it passed.
 */
export const runStage = ({ command, args, options, seconds, report, signal, lingeringSeconds = 10, endingSeconds = 5 }) => new Promise((resolve) => {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'], detached: true })
  let reason
  const timers = []
  const end = (why) => {
    reason ??= why
    signalGroup(child.pid, 'SIGTERM')
    timers.push(setTimeout(() => signalGroup(child.pid, 'SIGKILL'), endingSeconds * 1000))
  }
  const watch = report && setInterval(() => {
    if (!existsSync(report)) return
    clearInterval(watch)
    timers.push(setTimeout(() => end('its tests are over but it does not end: a test left a handle open (a server, a timer, a connection)'), lingeringSeconds * 1000))
  }, 500)
  timers.push(setTimeout(() => end(`it did not end within ${seconds} seconds and was stopped`), seconds * 1000))
  const stop = () => end('it was interrupted')
  signal.addEventListener('abort', stop, { once: true })

  const settle = (why) => {
    clearInterval(watch)
    for (const timer of timers) clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    // What outlives the leader of its group was forgotten by it.
    const left = child.pid !== undefined && signalGroup(child.pid, 'SIGKILL')
    resolve(why ?? (left ? 'it left processes behind, which were ended' : undefined))
  }
  child.once('error', (error) => settle(`it could not be started: ${error.message}`))
  child.once('exit', (code, by) => settle(reason ?? (code === 0 ? undefined : `it ended with ${code ?? by}`)))
})
