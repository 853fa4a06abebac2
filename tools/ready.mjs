// Runs before start and test, on any Node from 20.19: installs and builds when that is due, and is silent when it is not.
import path from 'node:path'
import { buildWhenStale } from './ready/build.mjs'
import { installWhenStale } from './ready/install.mjs'
import { checkPlatform } from './ready/platform.mjs'
import { NotReady } from './ready/not-ready.mjs'

const oldestNode = [20, 19]

const checkBootstrapNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    throw new NotReady(`This is Node ${process.versions.node}, and the installation needs ${oldestNode.join('.')} or later: install a newer Node.`)
  }
}

const root = path.resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
const say = (line) => process.stderr.write(`${line}\n`)

try {
  checkBootstrapNode()
  await installWhenStale(root, say)
  checkPlatform(root, say)
  await buildWhenStale(root, say)
} catch (error) {
  if (!(error instanceof NotReady)) throw error
  say(error.message)
  process.exitCode = 1
}
