import { randomUUID } from 'node:crypto'
import { DatabaseIdSchema } from '@tenantry/contracts'
import { Greed } from './greed.js'
import { whoMakesRoom } from './watch.js'

const database = (org: string) => ({ database: DatabaseIdSchema.parse(randomUUID()), generation: 1, org })

describe('a database that keeps running long', () => {
  it('is kept apart, and is forgiven once it has been quiet for a while', () => {
    const greed = new Greed(3)
    const [mine, other] = [database('org'), database('org')]
    greed.ran(mine, 1_900, 0)
    expect(greed.keepsApart(mine, 0)).toBe(false)
    greed.ran(mine, 200, 0)
    expect(greed.keepsApart(mine, 0)).toBe(true)
    expect(greed.keepsApart(other, 0)).toBe(false)
    greed.ran(mine, 1_000_000, 0)
    expect(greed.keepsApart(mine, 30_000)).toBe(true)
    expect(greed.keepsApart(mine, 40_000)).toBe(false)
  })

  it('may run long for a quarter of the time', () => {
    const greed = new Greed(3)
    const mine = database('org')
    for (let second = 0; second < 100; second += 1) greed.ran(mine, 240, second * 1_000)
    expect(greed.keepsApart(mine, 100_000)).toBe(false)
    for (let second = 100; second < 200; second += 1) greed.ran(mine, 500, second * 1_000)
    expect(greed.keepsApart(mine, 200_000)).toBe(true)
  })

  it('is greedy at once when its statement had to be ended', () => {
    const greed = new Greed(3)
    const mine = database('org')
    greed.ended(mine, 0)
    expect(greed.keepsApart(mine, 1_000)).toBe(true)
  })

  it('stands for its whole org once there are more of them than the org has places', () => {
    const greed = new Greed(2)
    const [quiet, stranger] = [database('org'), database('other')]
    for (let n = 0; n < 2; n += 1) greed.ended(database('org'), 0)
    expect(greed.keepsApart(quiet, 0)).toBe(false)
    greed.ended(database('org'), 0)
    expect(greed.keepsApart(quiet, 0)).toBe(true)
    expect(greed.keepsApart(stranger, 0)).toBe(false)
    expect(greed.keepsApart(quiet, 20_000)).toBe(false)
  })
})

describe('who makes room', () => {
  const at = (org: string, startedMs: number) => ({ org, ran: { startedMs } })

  it('is the org that has the most long statements, and of those the longest', () => {
    expect(whoMakesRoom([at('one', 1), at('many', 9), at('many', 5), at('many', 7)])).toMatchObject(at('many', 5))
  })

  it('is the longest when all have the same number, and nobody when none is long', () => {
    expect(whoMakesRoom([at('one', 3), at('other', 2)])).toMatchObject(at('other', 2))
    expect(whoMakesRoom([])).toBeUndefined()
  })
})
