// Measures the system from outside and prints one table: node bench/run.mjs [--only start,memory,...] [--quick]
import { spawnSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { installedNode } from '../tools/ready/platform.mjs'
import { Closing } from './closing.mjs'
import { table } from './table.mjs'

const root = path.resolve(import.meta.dirname, '..')
const limitMinutes = 20
const newestNode = 26
const say = (line) => void process.stderr.write(`${line}\n`)

const runsOnOwnNode = () => {
  if (Number(process.versions.node.split('.')[0]) >= newestNode) return true
  const { status } = spawnSync(installedNode(root), [import.meta.filename, ...process.argv.slice(2)], { stdio: 'inherit' })
  process.exitCode = status ?? 1
  return false
}

const makeReady = () => {
  const { status } = spawnSync(process.execPath, [path.join(root, 'tools/ready.mjs')], { stdio: 'inherit', cwd: root })
  if (status !== 0) throw new Error('The checkout is not ready: run npm start once.')
}

const commitOf = () => spawnSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout?.trim() || 'unknown'

const main = async () => {
  // Loaded here: an older Node could not read some of them.
  const { figures } = await import('./figures/index.mjs')
  const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } })
  const names = values.only?.split(',') ?? Object.keys(figures).filter((name) => !values.quick || name !== 'start')
  const unknown = names.filter((name) => !Object.hasOwn(figures, name))
  if (unknown.length > 0) throw new Error(`There is no figure named ${unknown.join(' or ')}; there are ${Object.keys(figures).join(', ')}.`)
  makeReady()

  const closing = new Closing()
  const interrupted = (why) => void closing.closeAll().finally(() => { say(why); process.exit(1) })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interrupted(`Ended by ${signal}.`))
  const limit = setTimeout(interrupted, limitMinutes * 60_000, `Not done after ${limitMinutes} minutes.`)
  const measured = []
  try {
    for (const name of names) {
      say(`measuring ${name} …`)
      // What the figure before has written is not carried to the disk while this one is measured.
      spawnSync('sync')
      measured.push(...await figures[name]({ root, quick: values.quick, closing, say }))
      await closing.closeAll()
    }
  } finally {
    clearTimeout(limit)
    await closing.closeAll()
    if (measured.length > 0) process.stdout.write(table(measured))
  }
  const line = { date: new Date().toISOString(), commit: commitOf(), client: 'node:http keep-alive', quick: values.quick, figures: Object.fromEntries(measured.map(({ name, value }) => [name.trim(), value])) }
  appendFileSync(path.join(import.meta.dirname, 'history.jsonl'), `${JSON.stringify(line)}\n`)
}

if (runsOnOwnNode()) await main().catch((error) => {
  say(error.message)
  process.exitCode = 1
})
