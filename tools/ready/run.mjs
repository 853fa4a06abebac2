import { spawn } from 'node:child_process'
import { NotReady } from './not-ready.mjs'

/** Runs a program to its end; answers its exit code and the last of what it wrote. A signal to us ends it with all its children. */
export const run = (command, args, options) => new Promise((resolve, reject) => {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' })
  let stopped = false
  const stop = (signal) => {
    stopped = true
    if (process.platform === 'win32') child.kill(signal)
    else if (child.pid !== undefined) process.kill(-child.pid, signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.once(signal, stop)
  let output = ''
  const keep = (chunk) => { output = (output + chunk).slice(-20_000) }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  child.on('error', (error) => resolve({ code: 127, output: error.message }))
  child.on('close', (code) => {
    for (const signal of signals) process.off(signal, stop)
    if (stopped) reject(new NotReady('Stopped before it was done; the next start does it again.'))
    else resolve({ code: code ?? 1, output })
  })
})

export const firstLines = (output, count) => output.trim().split('\n').slice(0, count).join('\n')
export const lastLines = (output, count) => output.trimEnd().split('\n').slice(-count).join('\n')
