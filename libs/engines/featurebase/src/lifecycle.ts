import { Problem } from '@tenantry/contracts'
import type { LifecyclePort, Target } from '@tenantry/engines-contract'
import { indexNames } from './answers.js'
import { Marks, clearMark, drop, markName, setMark, wrongState } from './marks.js'
import { isOurs } from './pql.js'
import type { FeaturebaseServer } from './server.js'

const effectMs = 10_000
const mostSchemaBytes = 64 * 1024 * 1024

/** The life of a database that has a server for itself. Each effect is a mark on the server, set or taken away; all may come twice. */
export const lifecycleOn = (serverOf: (target: Target) => FeaturebaseServer): LifecyclePort => {
  const at = async (target: Target, signal: AbortSignal) => {
    const bounds = { milliseconds: effectMs, gone: signal }
    const server = serverOf(target)
    return { server, bounds, marks: await Marks.read(server, bounds) }
  }
  type At = Awaited<ReturnType<typeof at>>

  const indexesOn = async ({ server, bounds }: At): Promise<readonly string[]> =>
    indexNames(await server.ask({ method: 'GET', path: '/schema' }, { ...bounds, mostBytes: mostSchemaBytes, changes: false }))

  const dropAll = async (here: At, names: readonly string[]): Promise<void> => {
    for (const name of names) if (name !== markName) await drop(here.server, `/index/${encodeURIComponent(name)}`, here.bounds)
  }

  const mustNotBeTaken = ({ server, marks }: At, target: Target): void => {
    if (marks.isTaken(target)) throw new Problem('EngineUnavailable', `The FeatureBase server ${server.name} keeps the data of another database.`, { retryAfterSeconds: 10 })
  }

  const mustBeThere = ({ marks }: At, target: Target): void => {
    const observed = marks.observed(target)
    if (observed === 'removed' || observed === 'purged') throw wrongState('The data of the database was removed.')
    if (observed === 'absent') throw new Problem('DatabaseNotFound', 'There is no such database.')
  }

  return {
    async observe(target, signal) {
      return (await at(target, signal)).marks.observed(target)
    },

    async ensure(target, signal) {
      const here = await at(target, signal)
      const observed = here.marks.observed(target)
      if (observed === 'removed' || observed === 'purged') throw wrongState('The data of this generation was removed.')
      if (observed !== 'absent') return
      mustNotBeTaken(here, target)
      const found = await indexesOn(here)
      const foreign = found.filter((name) => name !== markName && !isOurs(name))
      if (foreign.length > 0) throw new Problem('EngineUnavailable', `The FeatureBase server ${here.server.name} holds tables that no database made; empty it first.`, { retryAfterSeconds: 10 })
      // Views of nothing, from before.
      await dropAll(here, found)
      await setMark(here.server, 'own', target, here.bounds)
      const after = await at(target, signal)
      if (!after.marks.isTaken(target)) return
      // Somebody else has marked it at the same time: who sees both lets go.
      await clearMark(here.server, 'own', target, here.bounds)
      mustNotBeTaken(after, target)
    },

    async stop(target, signal) {
      const here = await at(target, signal)
      mustBeThere(here, target)
      await setMark(here.server, 'stop', target, here.bounds)
    },

    async start(target, signal) {
      const here = await at(target, signal)
      mustBeThere(here, target)
      await clearMark(here.server, 'stop', target, here.bounds)
    },

    async remove(target, signal) {
      const { server, bounds, marks } = await at(target, signal)
      if (!marks.has('over', target)) await setMark(server, 'gone', target, bounds)
    },

    async restore(target, signal) {
      const { server, bounds, marks } = await at(target, signal)
      if (marks.has('over', target)) throw wrongState('The data of this generation was purged.')
      await clearMark(server, 'gone', target, bounds)
    },

    async purge(target, signal) {
      const here = await at(target, signal)
      if (!here.marks.has('over', target)) {
        if (!here.marks.has('gone', target)) throw wrongState('The data of the database is not removed.')
        // What was removed before it was made has nothing here, and what is here is another's.
        if (here.marks.has('own', target)) await dropAll(here, await indexesOn(here))
        await setMark(here.server, 'over', target, here.bounds)
      }
      for (const word of ['own', 'stop', 'gone'] as const) if (here.marks.has(word, target)) await clearMark(here.server, word, target, here.bounds)
    },
  }
}
