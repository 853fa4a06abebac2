// Watches the sources: builds the project that changed and starts everything anew.
import { spawn } from 'node:child_process'
import { existsSync, watch } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const quietMilliseconds = 100
const say = (line) => process.stderr.write(`${line}\n`)

const node = (args, options) => new Promise((resolve) => {
  const child = spawn(process.execPath, args, { stdio: 'inherit', ...options })
  child.once('error', () => resolve(1))
  child.once('exit', (code) => resolve(code ?? 1))
})

let single
let ending = false

const start = () => {
  single = spawn(process.execPath, [path.join(root, 'apps/single/dist/main.js')], { stdio: 'inherit', cwd: root })
  single.once('exit', (code) => {
    if (ending) process.exit(code ?? 0)
    else if (code) say(`It ended with ${code}. Waiting for a change …`)
  })
}

const stop = () => new Promise((resolve) => {
  if (!single || single.exitCode !== null || single.signalCode !== null) return resolve()
  single.once('exit', resolve)
  single.kill('SIGTERM')
})

const projectOf = (file) => {
  for (let folder = path.dirname(file); folder.length > root.length; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) return folder
  }
  return undefined
}

const changed = new Set()
let working = Promise.resolve()
let timer

const rebuild = async () => {
  const projects = [...changed]
  changed.clear()
  say(`Building ${projects.map((project) => path.relative(root, project)).join(', ')} …`)
  for (const project of projects) {
    if (await node([path.join(root, 'tools/build.mjs')], { cwd: project }) !== 0) return say('The build failed. Waiting for a change …')
  }
  await stop()
  if (!ending) start()
}

const notice = (file) => {
  const project = /\/(src|kernel)\/.*(?<!\.spec)\.(ts|html)$/.test(file) ? projectOf(file) : undefined
  if (!project) return
  changed.add(project)
  clearTimeout(timer)
  timer = setTimeout(() => { working = working.then(rebuild) }, quietMilliseconds)
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    ending = true
    if (!single || single.exitCode !== null || single.signalCode !== null) process.exit(0)
    // A terminal's Ctrl-C has reached the child as well; only a signal to this process alone must be passed on.
    if (signal === 'SIGTERM') single.kill('SIGTERM')
  })
}

if (await node([path.join(root, 'tools/ready.mjs')]) !== 0) process.exit(1)
for (const folder of ['apps', 'libs']) watch(path.join(root, folder), { recursive: true }, (_, name) => name && notice(path.join(root, folder, name)))
start()
