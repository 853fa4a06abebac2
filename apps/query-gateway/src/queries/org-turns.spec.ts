import { type OrgId, newId } from '@tenantry/contracts'
import fc from 'fast-check'
import { OrgTurns, type OrgTurnRules, type Visit } from './org-turns.js'

const rules: OrgTurnRules = { running: 2, runningInAll: 3, waiting: 4, textBytes: 100_000 }
const never = new AbortController().signal
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const org = (): OrgId => newId<OrgId>()

const take = async (turns: OrgTurns, visit: Visit, gone: AbortSignal, patienceMs: number, work: () => Promise<void>): Promise<void> => {
  await turns.begin(visit, gone, patienceMs)
  try {
    await work()
  } finally {
    turns.end(visit)
  }
}

/** Statements that note when they begin and end when they are told to. */
const busy = (turns: OrgTurns) => {
  const began: string[] = []
  const gates: PromiseWithResolvers<void>[] = []
  const send = (id: OrgId, name: string): Promise<void> => {
    const visit = turns.enter(id, 'select 1')
    return take(turns, visit, never, 30_000, async () => {
      const gate = Promise.withResolvers<void>()
      began.push(name)
      gates.push(gate)
      await gate.promise
    }).finally(() => turns.leave(visit))
  }
  const endOne = async (): Promise<void> => { gates.shift()?.resolve(); await tick() }
  return { began, send, endOne }
}

describe('the turns of orgs', () => {
  it('are as many for one org as it may have, and another is not kept waiting by it', async () => {
    const { began, send, endOne } = busy(new OrgTurns(rules))
    const [one, other] = [org(), org()]
    const all = [...['a1', 'a2', 'a3'].map((name) => send(one, name)), send(other, 'b1')]
    await tick()
    expect(began).toEqual(['a1', 'a2', 'b1'])
    for (let ended = 0; ended < 4; ended++) await endOne()
    await Promise.all(all)
    expect(began).toEqual(['a1', 'a2', 'b1', 'a3'])
  })

  it('go round among the orgs that wait when all turns are taken, however many each sends', async () => {
    const { began, send, endOne } = busy(new OrgTurns({ ...rules, running: 10, runningInAll: 3, waiting: 20 }))
    const [many, few, one] = [org(), org(), org()]
    const all = Array.from({ length: 12 }, (_, at) => send(many, `m${at}`))
    all.push(send(few, 'f0'), send(few, 'f1'), send(one, 'o0'))
    await tick()
    for (let ended = 0; ended < 15; ended++) await endOne()
    await Promise.all(all)
    expect(began.slice(0, 3)).toEqual(['m0', 'm1', 'm2'])
    // From then on nobody waits longer for a turn than one round.
    const turnOf = (name: string): number => began.indexOf(name)
    expect(Math.max(turnOf('f0'), turnOf('o0'))).toBeLessThanOrEqual(5)
    expect(turnOf('f1')).toBeLessThanOrEqual(8)
  })

  it('are refused to the org whose own line is full, and to no other', async () => {
    const turns = new OrgTurns(rules)
    const { send, endOne } = busy(turns)
    const [full, other] = [org(), org()]
    const all = Array.from({ length: 6 }, (_, at) => send(full, `a${at}`))
    expect(() => turns.enter(full, 'select 1')).toThrow(expect.objectContaining({ code: 'TooManyQueriesOfOrg', retryAfterSeconds: 1 }))
    all.push(send(other, 'b'))
    await tick()
    for (let ended = 0; ended < 7; ended++) await endOne()
    await Promise.all(all)
    turns.leave(turns.enter(full, 'select 1'))
  })

  it('bound the text that waits, of one org and in all, and never by the small ones', () => {
    const turns = new OrgTurns({ ...rules, waiting: 1_000 })
    const long = 'x'.repeat(10_000)
    const small = Array.from({ length: 500 }, () => turns.enter(org(), 'x'.repeat(4_000)))
    const one = org()
    const visits = [turns.enter(one, long), turns.enter(one, long)]
    expect(() => turns.enter(one, long)).toThrow(expect.objectContaining({ code: 'TooManyQueriesOfOrg' }))
    for (let at = 0; at < 8; at++) visits.push(turns.enter(org(), long))
    expect(() => turns.enter(org(), long)).toThrow(expect.objectContaining({ code: 'TooManyQueries' }))
    small.push(turns.enter(one, 'select 1'))
    for (const visit of [...visits.splice(0), ...small]) turns.leave(visit)
    expect(turns.enter(one, long).org.here).toBe(1)
  })

  it('are given up by one who goes away or waits too long, and go to the next', async () => {
    const turns = new OrgTurns({ ...rules, running: 1 })
    const { began, send, endOne } = busy(turns)
    const id = org()
    const first = send(id, 'first')
    const leaving = new AbortController()
    const waiting = (signal: AbortSignal, patienceMs: number): Promise<void> => {
      const visit = turns.enter(id, 'select 1')
      return take(turns, visit, signal, patienceMs, async () => undefined).finally(() => turns.leave(visit))
    }
    const [gone, late, last] = [waiting(leaving.signal, 30_000), waiting(never, 10), send(id, 'last')]
    leaving.abort()
    await expect(gone).rejects.toMatchObject({ code: 'QueryCancelled' })
    await expect(late).rejects.toMatchObject({ code: 'QueryTimeout' })
    await expect(waiting(leaving.signal, 30_000)).rejects.toMatchObject({ code: 'QueryCancelled' })
    await endOne()
    expect(began).toEqual(['first', 'last'])
    await endOne()
    await Promise.all([first, last])
  })

  it('keep every bound, leave no turn idle while somebody could use it, and end with nothing held, in any order of things', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ org: fc.nat(3), ends: fc.nat(2), leaves: fc.boolean() }), { maxLength: 60 }), async (steps) => {
      const turns = new OrgTurns({ ...rules, waiting: 100 })
      const ids = [org(), org(), org(), org()]
      const running = ids.map(() => 0)
      const waiting = ids.map(() => 0)
      const gates: (() => void)[] = []
      const all: Promise<unknown>[] = []
      const send = (at: number, leaves: boolean): void => {
        const visit: Visit = turns.enter(ids[at] ?? org(), 'x')
        const leaving = new AbortController()
        waiting[at] = (waiting[at] ?? 0) + 1
        all.push(take(turns, visit, leaving.signal, 30_000, async () => {
          waiting[at] = (waiting[at] ?? 0) - 1
          running[at] = (running[at] ?? 0) + 1
          await new Promise<void>((resolve) => gates.push(resolve))
          running[at] = (running[at] ?? 0) - 1
        }).catch(() => { waiting[at] = (waiting[at] ?? 0) - 1 }).finally(() => turns.leave(visit)))
        if (leaves) leaving.abort()
      }
      const isKept = (): void => {
        const inAll = running.reduce((sum, one) => sum + one, 0)
        expect(inAll).toBeLessThanOrEqual(3)
        ids.forEach((_, at) => {
          expect(running[at]).toBeLessThanOrEqual(2)
          if ((waiting[at] ?? 0) > 0) expect(running[at] === 2 || inAll === 3).toBe(true)
        })
      }
      for (const step of steps) {
        send(step.org, step.leaves)
        for (let ended = 0; ended < step.ends; ended++) gates.shift()?.()
        await tick()
        isKept()
      }
      while (gates.length > 0) { gates.shift()?.(); await tick(); isKept() }
      await Promise.all(all)
      for (const id of ids) expect(turns.enter(id, 'x').org).toMatchObject({ here: 1, running: 0, textBytes: 0 })
    }), { numRuns: 100, seed: 11 })
  })
})
