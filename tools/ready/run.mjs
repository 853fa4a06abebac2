import { spawn } from 'node:child_process'

/** Runs a program to its end; answers its exit code and the last of what it wrote. */
export const run = (command, args, options) => new Promise((resolve) => {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const passOn = (signal) => child.kill(signal)
  process.once('SIGINT', passOn).once('SIGTERM', passOn)
  let output = ''
  const keep = (chunk) => { output = (output + chunk).slice(-20_000) }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  child.on('error', (error) => resolve({ code: 127, output: error.message }))
  child.on('close', (code) => {
    process.off('SIGINT', passOn).off('SIGTERM', passOn)
    resolve({ code: code ?? 1, output })
  })
})

export const firstLines = (output, count) => output.trim().split('\n').slice(0, count).join('\n')
export const lastLines = (output, count) => output.trimEnd().split('\n').slice(-count).join('\n')
