import { rmSync } from 'node:fs'
import path from 'node:path'
import { NoteReader, NoteWriter, mostClients } from './note.js'
import { newFolder } from './testing/host-process.js'

describe('a note', () => {
  const folder = newFolder('note')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let count = 0
  const ends = () => {
    const file = path.join(folder, String(count += 1))
    const host = new NoteReader(file)
    return { host, child: new NoteWriter(file) }
  }
  const statement = { slot: 3, client: 2, run: 9, write: true, startedMs: 1234.5, deadlineMs: 6234.5 }

  it('tells the host what the child is doing, and that it does nothing', () => {
    const { host, child } = ends()
    expect(host.read()).toBeUndefined()
    child.begin(statement)
    expect(host.read()).toEqual({ ...statement, sequence: 1 })
    child.idle(false)
    expect([host.read(), host.isBetweenPieces()]).toEqual([undefined, false])
  })

  it('tells a child at rest in the middle of something from one that has nothing to do, and from one that works', () => {
    const { host, child } = ends()
    child.idle(true)
    expect([host.read(), host.isBetweenPieces()]).toEqual([undefined, true])
    child.begin(statement)
    expect([host.read()?.slot, host.isBetweenPieces()]).toEqual([3, false])
    child.idle(false)
    expect(host.isBetweenPieces()).toBe(false)
  })

  it('tells one statement from the next, even an equal one', () => {
    const { host, child } = ends()
    child.begin(statement)
    const first = host.read()
    child.begin(statement)
    expect(host.read()?.sequence).not.toBe(first?.sequence)
  })

  it('shows the child a raised revision at its next statement', () => {
    const { host, child } = ends()
    expect(child.begin(statement)).toBe(0)
    expect(host.raise()).toBe(1)
    expect(child.begin(statement)).toBe(1)
  })

  it('keeps the last thousand writes of each client', () => {
    const { host, child } = ends()
    const [one, other] = [child.openRing(41), child.openRing(42)]
    for (let run = 1; run <= 5_000; run += 1) child.noteWrite(one ?? -1, run)
    child.noteWrite(other ?? -1, 7)
    const begun = host.begun()
    expect(begun.get(42)).toEqual([7])
    expect(Array.from({ length: 1_000 }, (_, index) => 5_000 - index).filter((run) => begun.get(41)?.includes(run) !== true)).toEqual([])
  })

  it('forgets a client that has left, and has room for so many only', () => {
    const { host, child } = ends()
    const rings = Array.from({ length: mostClients }, (_, client) => child.openRing(client + 1))
    expect(new Set(rings).size).toBe(mostClients)
    expect(child.openRing(99)).toBeUndefined()
    child.noteWrite(rings[0] ?? -1, 5)
    child.closeRing(rings[0] ?? -1)
    expect(host.begun().has(1)).toBe(false)
    child.openRing(100)
    expect(host.begun().get(100)).toEqual([])
  })
})
