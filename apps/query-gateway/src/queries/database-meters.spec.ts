import { type DatabaseId, Problem, newId } from '@tenantry/contracts'
import { DatabaseMeters, latencyBounds } from './database-meters.js'

const ids = (count: number): readonly DatabaseId[] => Array.from({ length: count }, () => newId<DatabaseId>())
const answer = { rows: 2, data: Buffer.from('[[1],[2]]') }

describe('the meters of databases', () => {
  it('count each database by itself', () => {
    const meters = new DatabaseMeters()
    const [one, other] = ids(2) as [DatabaseId, DatabaseId]
    meters.of(one).succeed(0.3, answer)
    meters.of(one).succeed(99, answer)
    meters.of(one).refuse(new Problem('QueryTimeout', ''))
    meters.of(one).refuse(new Error('a fault'))
    expect(meters.read(one)).toMatchObject({ answered: 2, rows: 4, bytes: 18, seconds: 99.3, refusals: new Map([['QueryTimeout', 1], ['InternalError', 1]]) })
    expect(meters.read(one).latencies[latencyBounds.indexOf(0.5)]).toBe(1)
    expect(meters.read(one).latencies[latencyBounds.length]).toBe(1)
    expect(meters.read(other)).toMatchObject({ answered: 0, rows: 0, inFlight: 0 })
    expect(meters.size).toBe(1)
  })

  it('are never more than they may be, and forget what was not used', () => {
    const meters = new DatabaseMeters(100)
    const [busy, kept, ...many] = ids(1_000)
    if (busy === undefined || kept === undefined) throw new Error('no id')
    meters.of(busy).inFlight++
    meters.of(kept).succeed(0.1, answer)
    for (const id of many) {
      meters.of(id)
      meters.of(kept)
      expect(meters.size).toBeLessThanOrEqual(100)
    }
    expect(meters.read(kept).answered).toBe(1)
    expect(meters.read(busy).inFlight).toBe(1)
  })
})
