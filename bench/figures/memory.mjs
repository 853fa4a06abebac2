import { setTimeout as delay } from 'node:timers/promises'
import { memoryOf } from '../processes.mjs'
import { startSystem } from '../program.mjs'
import { figure } from '../table.mjs'

const idleSeconds = 10

/** What all processes together hold once nothing has been asked for a while; memory that several share counts once. */
export const memory = async ({ root, closing }) => {
  const { pid } = await startSystem({ root, closing })
  await delay(idleSeconds * 1_000)
  const processes = memoryOf(pid)
  const total = processes.reduce((sum, { megabytes }) => sum + megabytes, 0)
  return [figure('idle memory (PSS of all processes)', total, 'MB', { most: 350 }), ...numbered(processes).map(({ name, megabytes }) => figure(`  ${name}`, megabytes, 'MB'))]
}

/** Names that come more than once are told apart, since a figure is known by its name. */
const numbered = (processes) => processes.map((one, at) => {
  const before = processes.slice(0, at).filter(({ name }) => name === one.name).length
  return before === 0 ? one : { ...one, name: `${one.name} (${before + 1})` }
})
