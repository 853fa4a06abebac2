import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { treeOf } from './processes.mjs'

const startSeconds = 180
const stopSeconds = 30

const within = async (promise, seconds) => {
  const { promise: late, resolve } = Promise.withResolvers()
  const timer = setTimeout(resolve, seconds * 1_000, undefined)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Our own settings and those of npm stay behind: a program is started as a person would start it. */
export const plainEnvironment = (env) => ({
  HOME: process.env.HOME, LANG: 'C.UTF-8',
  PATH: process.env.PATH.split(path.delimiter).filter((folder) => !folder.includes('node_modules')).join(path.delimiter), ...env,
})

const killTree = (pid) => {
  for (const one of treeOf(pid).reverse()) try { process.kill(one, 'SIGKILL') } catch { /* It has ended meanwhile. */ }
}

/** Starts a program and waits for a line of it; it is stopped, and its children with it, by `stop` or at the end of the figure. */
export const startProgram = async ({ command, args, env = {}, cwd, line, closing }) => {
  const began = performance.now()
  const child = spawn(command, args, { cwd, env: plainEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const { promise, resolve, reject } = Promise.withResolvers()
  const hear = (chunk) => {
    output += chunk
    const found = line.exec(output)
    if (found) resolve(found[1])
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  const ended = once(child, 'close').then(([code]) => reject(new Error(`${command} ended with ${code}: ${output.slice(-2_000)}`)))
  ended.catch(() => undefined)
  promise.catch(() => undefined)
  let stopping
  const stop = () => (stopping ??= (async () => {
    const tree = treeOf(child.pid)
    child.kill('SIGTERM')
    if (await within(ended.then(() => true), stopSeconds)) return
    for (const pid of tree) killTree(pid)
    await ended
  })())
  closing.add(stop)
  const found = await within(promise, startSeconds)
  if (found === undefined) throw new Error(`${command} was not ready within ${startSeconds} s: ${output.slice(-2_000)}`)
  return { pid: child.pid, found, readySeconds: (performance.now() - began) / 1_000, stop }
}

export const temporaryFolder = async (closing) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-bench-'))
  closing.add(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

export const readyLine = /^Tenantry is ready: (\S+)$/m

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  await new Promise((resolve) => { server.close(resolve) })
  return port
}

/** What `npm start` runs, after `exec node`. */
const startWords = (root) => JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).scripts.start.split(' ').slice(2)

/** The whole system as it was built, on a free port, and on a new folder unless one is given. */
export const startSystem = async ({ root, closing, dataDir, env = {} }) => {
  const folder = dataDir ?? path.join(await temporaryFolder(closing), 'data')
  const adminPort = await freePort()
  const program = await startProgram({
    command: process.execPath, args: startWords(root), cwd: root, env: { PORT: '0', ADMIN_PORT: String(adminPort), DATA_DIR: folder, ...env }, line: readyLine, closing,
  })
  return { ...program, url: program.found.replace('localhost', '127.0.0.1'), adminUrl: `http://127.0.0.1:${adminPort}`, dataDir: folder }
}
