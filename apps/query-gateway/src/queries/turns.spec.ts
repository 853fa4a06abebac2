import { Turns } from './turns.js'

const rules = { running: 2, waiting: 3, waitingInAll: 4, waitSeconds: 30 }
const never = new AbortController().signal
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('Turns', () => {
  it('lets as many run at a time as it may, in the order in which they came', async () => {
    const turns = new Turns(rules)
    const began: number[] = []
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
    const all = gates.map((gate, index) => turns.take('a', never, async () => { began.push(index); await gate.promise }))
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
    const held = Array.from({ length: 5 }, () => turns.take('a', never, () => gate.promise))
    await expect(turns.take('a', never, async () => 1)).rejects.toMatchObject({ code: 'TooManyQueries' })
    gate.resolve()
    await Promise.all(held)
    expect(await turns.take('a', never, async () => 1)).toBe(1)
  })

  it('never lets one database take the turns of another', async () => {
    const turns = new Turns(rules)
    const gate = Promise.withResolvers<void>()
    const held = Array.from({ length: 5 }, () => turns.take('a', never, () => gate.promise))
    expect(await turns.take('b', never, async () => 'at once')).toBe('at once')
    gate.resolve()
    await Promise.all(held)
  })

  it('bounds those who wait in all', async () => {
    const turns = new Turns(rules)
    const gate = Promise.withResolvers<void>()
    const held = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'].map((name) => turns.take(name, never, () => gate.promise))
    await expect(turns.take('b', never, async () => 1)).rejects.toMatchObject({ code: 'TooManyQueries' })
    gate.resolve()
    await Promise.all(held)
  })

  it('gives up the place of one who goes away, and the turn to the next', async () => {
    const turns = new Turns({ ...rules, running: 1 })
    const gate = Promise.withResolvers<void>()
    const first = turns.take('a', never, () => gate.promise)
    const leaving = new AbortController()
    const gone = turns.take('a', leaving.signal, async () => 'gone')
    const staying = turns.take('a', never, async () => 'here')
    leaving.abort()
    await expect(gone).rejects.toMatchObject({ code: 'QueryCancelled' })
    gate.resolve()
    expect(await staying).toBe('here')
    await first
  })

  it('gives up who waits too long', async () => {
    const turns = new Turns({ ...rules, running: 1, waitSeconds: 0.02 })
    const gate = Promise.withResolvers<void>()
    const first = turns.take('a', never, () => gate.promise)
    await expect(turns.take('a', never, async () => 'late')).rejects.toMatchObject({ code: 'QueryTimeout' })
    gate.resolve()
    await first
  })

  it('passes the turn on when the work fails', async () => {
    const turns = new Turns({ ...rules, running: 1 })
    const failing = turns.take('a', never, async () => { throw new Error('failed') })
    const next = turns.take('a', never, async () => 'next')
    await expect(failing).rejects.toThrow('failed')
    expect(await next).toBe('next')
  })
})
