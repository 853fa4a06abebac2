import { type DatabaseId, type OrgId, newId } from '@tenantry/contracts'
import { usualLimits } from '@tenantry/service'
import { type Hearer, LiveQueries } from './live-queries.js'

/** Nobody looks here by the clock: what is served was served because something was written. */
it('serves whoever hears of a database soon after something was written there, and nobody else', async () => {
  let version = 0
  const live = new LiveQueries({ limits: usualLimits, beatSeconds: 15, version: async () => `v${version}` })
  const served: string[] = []
  const reached = Promise.withResolvers<void>()
  const hearer = (name: string): Hearer => ({
    takes: () => true, beat: () => undefined, end: () => undefined, cut: () => undefined, mayStay: () => undefined,
    refresh: async () => { if (served.push(name) === 2) reached.resolve() },
  })
  const closing: (() => void)[] = []
  const hear = async (name: string, databaseId: DatabaseId): Promise<void> =>
    await live.open({ orgId: newId<OrgId>(), databaseId, holder: name }, async () => undefined, (closed) => { closing.push(closed); return hearer(name) })
  const [mine, theirs] = [newId<DatabaseId>(), newId<DatabaseId>()]
  await hear('one', mine)
  await hear('two', mine)
  await hear('three', theirs)
  version = 1
  live.poke(mine)
  await reached.promise
  expect(served).toEqual(['one', 'two'])
  for (const close of closing) close()
  expect(live.size).toBe(0)
})
