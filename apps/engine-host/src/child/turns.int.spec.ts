import { rmSync } from 'node:fs'
import path from 'node:path'
import { monotonicMs } from '@tenantry/engines-contract'
import type { Answer, EmbeddedDriver, ProblemMessage } from '@tenantry/engines-contract'
import { NoteReader, NoteWriter } from '../note.js'
import { newFolder, newTarget, until } from '../testing/host-process.js'
import { ClientSocket } from './client-socket.js'
import { HeldDatabases } from './databases.js'
import type { WaitingRun } from './runs.js'
import { Turns } from './turns.js'

const folder = newFolder('turns')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a client would be told, without a client. */
class Told extends ClientSocket {
  readonly answers: number[] = []
  readonly problems: Omit<ProblemMessage, 'type'>[] = []
  /** How many of the answers have left. */
  left = 0
  override answer(id: number): void {
    this.answers.push(id)
  }

  override flush(): void {
    this.left = this.answers.length
  }

  override refuse(problem: Omit<ProblemMessage, 'type'>): void {
    this.problems.push(problem)
  }

  override get behind(): boolean {
    return false
  }

  override get overloaded(): boolean {
    return false
  }

  override get gone(): boolean {
    return false
  }
}

let count = 0
const child = (inFlight = 8) => {
  count += 1
  const file = path.join(folder, String(count))
  const host = new NoteReader(file)
  const note = new NoteWriter(file)
  const ran: string[] = []
  /** How many answers had not left when each statement began. */
  const waiting: number[] = []
  const nothing: Answer = { fields: Buffer.from('[]'), data: Buffer.from('[]'), rows: 0, micros: 0 }
  const driver: EmbeddedDriver = {
    name: 'sqlite',
    makeTemplate: () => undefined,
    open: () => ({
      run: ({ text }) => {
        ran.push(text)
        waiting.push(from.answers.length - from.left)
        return nothing
      },
      known: ({ text }) => text.startsWith('quick') ? { reads: true, quick: true } : undefined,
      close: () => undefined,
    }),
  }
  const databases = new HeldDatabases({ sqlite: driver, bitmap: driver }, 10, () => undefined)
  // The socket is never touched: everything that would use it is overridden.
  const from = new Told(undefined as never)
  const own = (slot: number) => {
    const { databaseId: database } = newTarget()
    databases.add({ slot, database, generation: 1, engine: 'sqlite', folder, storageBytes: 1, org: 'o' })
    const held = databases.find(database, 1)
    if (held === undefined) throw new Error('not held')
    return held
  }
  const run = (id: number, text: string, deadlineMs = monotonicMs() + 10_000): WaitingRun =>
    ({ from, id, deadlineMs, storageBytes: 1, ask: { text, access: 'write', language: 'sql', limits: { seconds: 1, answerBytes: 1, answerRows: 1 } } })
  return { host, databases, turns: new Turns(note, databases, inFlight), ran, waiting, from, own, run }
}

describe('an engine child', () => {
  it('begins nothing after the host has taken something away, until it has heard what', async () => {
    const { host, turns, databases, ran, from, own, run } = child()
    const [kept, taken] = [own(1), own(2)]
    host.raise()
    turns.add(taken, run(1, 'taken'))
    turns.add(kept, run(2, 'kept'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(ran).toEqual([])
    expect(host.read()).toBeUndefined()
    databases.take(2)?.waiting.splice(0)
    turns.reached(1)
    await until(() => ran.length > 0, 'what is left runs')
    expect(ran).toEqual(['kept'])
    expect(from.answers).toEqual([2])
  })

  it('takes the databases in turn, and the statements of each in order', async () => {
    const { turns, ran, own, run } = child()
    const [one, other] = [own(1), own(2)]
    for (const n of [1, 2, 3]) turns.add(one, run(n, `one ${n}`))
    turns.add(other, run(4, 'other 1'))
    await until(() => ran.length === 4, 'all run')
    expect(ran).toEqual(['one 1', 'other 1', 'one 2', 'one 3'])
  })

  it('lets an answer wait for quick statements of the same line only', async () => {
    const { turns, waiting, ran, from, own, run } = child()
    const [one, other] = [own(1), own(2)]
    const add = (held: typeof one, texts: readonly string[]): void => texts.forEach((text) => turns.add(held, run(ran.length + waiting.length + 1, text)))
    add(one, ['new', 'quick 1', 'quick 2', 'slow', 'quick 3'])
    await until(() => ran.length === 5, 'the first line has run')
    expect(waiting).toEqual([0, 1, 2, 0, 1])
    expect(from.left).toBe(5)
    add(one, ['quick 1'])
    add(other, ['quick 1'])
    await until(() => ran.length === 7, 'both have run')
    expect(waiting.slice(5)).toEqual([0, 0])
    expect(from.left).toBe(7)
  })

  it('refuses what waits beyond its limit and what waited past its deadline', async () => {
    const { turns, ran, from, own, run } = child(2)
    const held = own(1)
    turns.add(held, run(1, 'late', monotonicMs() - 1))
    turns.add(held, run(2, 'in time'))
    turns.add(held, run(3, 'too many'))
    await until(() => from.answers.length === 1, 'one runs')
    expect(ran).toEqual(['in time'])
    expect(from.problems.map(({ id, code }) => [id, code])).toEqual([[3, 'TooManyQueries'], [1, 'QueryTimeout']])
  })

  it('drops a statement that is cancelled before it begins', async () => {
    const { turns, ran, from, own, run } = child()
    const held = own(1)
    turns.add(held, run(1, 'first'))
    turns.add(held, run(2, 'second'))
    turns.cancel(from, 2)
    await until(() => from.answers.length === 1, 'the first runs')
    expect(ran).toEqual(['first'])
    expect(from.problems).toMatchObject([{ id: 2, code: 'QueryCancelled' }])
  })
})

describe('the databases of a child', () => {
  it('are open while they are used, the longest unused closed first', () => {
    const open = new Set<string>()
    const driver: EmbeddedDriver = {
      name: 'sqlite',
      makeTemplate: () => undefined,
      open: (where) => {
        open.add(where)
        return { known: () => undefined, run: () => ({ fields: Buffer.alloc(0), data: Buffer.alloc(0), rows: 0, micros: 0 }), close: () => void open.delete(where) }
      },
    }
    const databases = new HeldDatabases({ sqlite: driver, bitmap: driver }, 2, () => undefined)
    const held = [1, 2, 3].map((slot) => {
      const { databaseId: database } = newTarget()
      databases.add({ slot, database, generation: 1, engine: 'sqlite', folder: String(slot), storageBytes: 1, org: 'o' })
      const found = databases.find(database, 1)
      if (found === undefined) throw new Error('not held')
      return found
    })
    for (const turn of [0, 1, 0, 2]) databases.openOf(held[turn] ?? held[0] as never, 1)
    expect([...open]).toEqual(['1', '3'])
    databases.take(1)
    expect([...open]).toEqual(['3'])
    databases.closeAll()
    expect(open.size).toBe(0)
  })

  it('are not found once they were taken away, and are found anew when they come back', () => {
    const driver: EmbeddedDriver = {
      name: 'sqlite',
      makeTemplate: () => undefined,
      open: () => ({ known: () => undefined, run: () => ({ fields: Buffer.alloc(0), data: Buffer.alloc(0), rows: 0, micros: 0 }), close: () => undefined }),
    }
    const databases = new HeldDatabases({ sqlite: driver, bitmap: driver }, 2, () => undefined)
    const { databaseId: database } = newTarget()
    const own = (slot: number, generation: number): void => databases.add({ slot, database, generation, engine: 'sqlite', folder: String(slot), storageBytes: 1, org: 'o' })
    const slotOf = (generation: number): number | undefined => databases.find(database, generation)?.slot
    own(1, 1)
    expect([slotOf(1), slotOf(1), slotOf(2)]).toEqual([1, 1, undefined])
    own(2, 2)
    expect([slotOf(2), slotOf(1)]).toEqual([2, 1])
    databases.take(1)
    expect([slotOf(1), slotOf(2)]).toEqual([undefined, 2])
    own(3, 1)
    own(4, 2)
    expect([slotOf(1), slotOf(2)]).toEqual([3, 4])
  })
})
