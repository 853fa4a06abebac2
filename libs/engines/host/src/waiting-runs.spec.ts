import type { RunMessage } from '@tenantry/engines-contract'
import { WaitingRun } from './waiting-run.js'
import { WaitingRuns } from './waiting-runs.js'

const nothing = (): void => undefined
const runOf = (id: number): WaitingRun => new WaitingRun({ id } as RunMessage, 'key', 'text', undefined, { aborted: false }, nothing, nothing, nothing)
const ids = (runs: WaitingRuns): readonly number[] => runs.all().map(({ message }) => message.id).sort((one, other) => one - other)

describe('runs that wait', () => {
  it('are found by their ids and by no other, come and go as they like', () => {
    const [runs, model] = [new WaitingRuns(), new Map<number, WaitingRun>()]
    let next = 0xffff_ff00
    for (let step = 0; step < 20_000; step += 1) {
      while (!runs.hasPlaceFor(next)) next += 1
      const run = runOf(next)
      runs.add(run)
      model.set(next, run)
      next = next % 0xffff_ffff + 1
      const oldest = [...model.keys()]
      // Some stay for long, as statements do that take long.
      for (const id of oldest) if (model.size > 40 && id % 977 !== 0) { expect(runs.delete(id)).toBe(model.delete(id)); break }
      expect(runs.size).toBe(model.size)
    }
    expect(ids(runs)).toEqual([...model.keys()].sort((one, other) => one - other))
    for (const [id, run] of model) expect([runs.get(id), runs.get(id + 65_536), runs.delete(id + 65_536)]).toEqual([run, undefined, false])
  })

  it('have room for any ids, however far apart', () => {
    const runs = new WaitingRuns()
    const some = [1, 17, 33, 1_025, 65_537]
    for (const id of some) runs.add(runOf(id))
    expect([ids(runs), some.map((id) => runs.get(id)?.message.id)]).toEqual([some, some])
  })
})
