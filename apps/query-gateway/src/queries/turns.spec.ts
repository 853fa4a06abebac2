import { Turns } from './turns.js'

const rules = { running: 2, waiting: 3, waitingInAll: 4, waitSeconds: 30 }
const never = new AbortController().signal
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const take = async <T>(turns: Turns, database: string, gone: AbortSignal, work: () => Promise<T>): Promise<T> => {
  await turns.begin(database, gone)
  try {
    return await work()
  } finally {
    turns.end(database)
  }
}

describe('Turns', () => {
  it('lets as many run at a time as it may, in the order in which they came', async () => {
    const turns = new Turns(rules)
    const began: number[] = []
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
    const all = gates.map((gate, index) => take(turns, 'a', never, async () => { began.push(index); await gate.promise }))
    await tick()
    expect(began).toEqual([0, 1])
    gates[1]?.resolve()
    await tick()
    expect(began).toEqual([0, 1, 2])
    for (const gate of gates) gate.resolve()
    await Promise.all(all)
    expect(began).toEqual([0, 1, 2, 3, 4])
  })

  it('refuses what the line has no room for, and takes again when it has', async () => {
    const turns = new Turns(rules)
    const gate = Promise.withResolvers<void>()
    const held = Array.from({ length: 5 }, () => take(turns, 'a', never, () => gate.promise))
    await expect(take(turns, 'a', never, async () => 1)).rejects.toMatchObject({ code: 'TooManyQueries' })
    gate.resolve()
    await Promise.all(held)
    expect(await take(turns, 'a', never, async () => 1)).toBe(1)
  })

  it('never lets one database take the turns of another', async () => {
    const turns = new Turns(rules)
    const gate = Promise.withResolvers<void>()
    const held = Array.from({ length: 5 }, () => take(turns, 'a', never, () => gate.promise))
    expect(await take(turns, 'b', never, async () => 'at once')).toBe('at once')
    gate.resolve()
    await Promise.all(held)
  })

  it('bounds those who wait in all', async () => {
    const turns = new Turns(rules)
    const gate = Promise.withResolvers<void>()
    const held = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'].map((name) => take(turns, name, never, () => gate.promise))
    await expect(take(turns, 'b', never, async () => 1)).rejects.toMatchObject({ code: 'TooManyQueries' })
    gate.resolve()
    await Promise.all(held)
  })

  it('gives up the place of one who goes away, and the turn to the next', async () => {
    const turns = new Turns({ ...rules, running: 1 })
    const gate = Promise.withResolvers<void>()
    const first = take(turns, 'a', never, () => gate.promise)
    const leaving = new AbortController()
    const gone = take(turns, 'a', leaving.signal, async () => 'gone')
    const staying = take(turns, 'a', never, async () => 'here')
    leaving.abort()
    await expect(gone).rejects.toMatchObject({ code: 'QueryCancelled' })
    gate.resolve()
    expect(await staying).toBe('here')
    await first
  })

  it('gives up who waits too long', async () => {
    const turns = new Turns({ ...rules, running: 1, waitSeconds: 0.02 })
    const gate = Promise.withResolvers<void>()
    const first = take(turns, 'a', never, () => gate.promise)
    await expect(take(turns, 'a', never, async () => 'late')).rejects.toMatchObject({ code: 'QueryTimeout' })
    gate.resolve()
    await first
  })

  it('passes the turn on when the work fails', async () => {
    const turns = new Turns({ ...rules, running: 1 })
    const failing = take(turns, 'a', never, async () => { throw new Error('failed') })
    const next = take(turns, 'a', never, async () => 'next')
    await expect(failing).rejects.toThrow('failed')
    expect(await next).toBe('next')
  })
})
