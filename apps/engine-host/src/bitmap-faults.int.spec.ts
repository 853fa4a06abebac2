import { cpSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { Problem } from '@tenantry/contracts'
import { BitmapDatabase } from '@tenantry/engines-bitmap'
import type { Target } from '@tenantry/engines-contract'
import { Bench, alive, newFolder, newTarget, until } from './testing/host-process.js'

const isLong = process.env['TEST_LONG'] === '1'
const kills = isLong ? 1_000 : 20
const withinMs = isLong ? 3_600_000 : 120_000

const schema = {
  indexes: [{
    name: 't', fields: [
      { name: 'n', options: { type: 'int' } }, { name: 's', options: { type: 'set' } }, { name: 'm', options: { type: 'mutex', keys: true } },
      { name: 'q', options: { type: 'time', timeQuantum: 'YMD' } },
    ],
  }],
}

/** A row of numbers that look like chance, the same in each run. */
const chance = (seed: number) => (below: number): number => {
  seed = Math.imul(seed ^ seed >>> 15, 0x2c1b_3c6d) + 0x9e37_79b9 | 0
  return ((seed ^ seed >>> 13) >>> 0) % below
}

const ask = async (bench: Bench, target: Target, language: 'pql' | 'schema', text: string): Promise<string> => {
  const port = bench.client.engine('bitmap')[language]
  if (port === undefined) throw new Error(`no ${language}`)
  const limits = { seconds: 30, answerBytes: 10_000_000, answerRows: 100_000 }
  return (await port.run(target, { text, access: 'write', limits }, AbortSignal.timeout(60_000))).data.toString()
}

/** What a record has of the version that was written last; a record that was ended has none. */
type Records = ReadonlyMap<number, number>

const day = (version: number): string => `2021-01-${String(version % 28 + 1).padStart(2, '0')}`
const setTo = (id: number, version: number): string =>
  `Delete(ConstRow(columns=[${id}])) Set(${id}, n=${version}) Set(${id}, s=${version % 50}) Set(${id}, s=${1_000 + version % 7}) Set(${id}, m="m${version % 20}") Set(${id}, q=${version % 3}, ${day(version)}T00:00)`
const cellsOf = (version: number): readonly unknown[] => [version, [version % 50, 1_000 + version % 7], `m${version % 20}`, [version % 3]]

const lanes = 3
const idsOf = (lane: number): readonly number[] => Array.from({ length: 40 }, (_, at) => lane * 1_048_560 + at)

/** Writes some of its own records in each request, all to one version, and knows what must be there. */
class Lane {
  acknowledged = 0
  private version = 0
  private sure = new Map<number, number>()
  /** What a request would have made of it that was not answered. */
  private maybe: Records | undefined
  private readonly random: (below: number) => number

  constructor(private readonly bench: Bench, private readonly target: Target, private readonly number: number) {
    this.random = chance(number + 1)
  }

  async write(going: () => boolean): Promise<void> {
    const all = idsOf(this.number)
    while (going()) {
      this.version += 1
      const from = this.random(all.length - 5)
      const ids = all.slice(from, from + 5)
      const isEnding = this.random(4) === 0
      const after = new Map(this.sure)
      for (const id of ids) if (isEnding) after.delete(id); else after.set(id, this.version)
      const text = isEnding ? `Delete(ConstRow(columns=[${ids.join(',')}]))` : ids.map((id) => setTo(id, this.version)).join(' ')
      this.maybe = after
      try {
        await ask(this.bench, this.target, 'pql', `[t]${text}`)
        this.sure = after
        this.maybe = undefined
        this.acknowledged += 1
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'EngineUnavailable') throw error
        return
      }
    }
  }

  /** Which of the two it is that is there; anything else is a failure. */
  settle(found: ReadonlyMap<number, readonly unknown[]>): void {
    const [first = 0, last = 0] = [idsOf(this.number)[0], idsOf(this.number).at(-1)]
    const mine = [...found].filter(([id]) => id >= first && id <= last)
    const wanted = (records: Records): unknown => [...records].sort(([one], [other]) => one - other).map(([id, version]) => [id, cellsOf(version)])
    const isNew = this.maybe !== undefined && JSON.stringify(wanted(this.maybe)) === JSON.stringify(mine)
    if (!isNew) expect(mine).toEqual(wanted(this.sure))
    this.sure = new Map(isNew ? this.maybe : this.sure)
    this.maybe = undefined
  }
}

interface Extracted { readonly columns: readonly { readonly column: number; readonly rows: readonly unknown[] }[] }

const found = (answer: string): ReadonlyMap<number, readonly unknown[]> => {
  const [extracted] = JSON.parse(answer) as readonly [Extracted]
  return new Map(extracted.columns.map(({ column, rows }) => [column, rows]))
}

const folderOf = (bench: Bench, target: Target): string => {
  const file = readdirSync(bench.folder, { recursive: true, encoding: 'utf8' }).find((name) => name.includes(target.databaseId) && name.endsWith('main.db'))
  if (file === undefined) throw new Error('no files')
  return path.join(bench.folder, path.dirname(file))
}

/** In what the bitmaps that somebody finds who opens the files now differ from their rows. */
const differences = (folder: string): readonly string[] => {
  const copy = newFolder('bitmap-copy')
  try {
    cpSync(folder, copy, { recursive: true })
    const database = new BitmapDatabase(copy)
    try {
      return database.differences()
    } finally {
      database.close()
    }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

const everything = '[t]Extract(All(), Rows(n), Rows(s), Rows(m), Rows(q))'
/** How many records there are, by each field. */
const counts = '[t]Count(All()) Count(Row(n >= 0)) Count(UnionRows(Rows(s))) Count(UnionRows(Rows(m))) '
  + `Count(Union(${[0, 1, 2].map((value) => `Row(q=${value}, from='2021-01-01')`).join(', ')}))`

describe('a bitmap database whose child is killed', () => {
  it(`has every acknowledged write whole, and bitmaps that agree with its rows, after each of ${kills} kills`, async () => {
    // Bitmaps are saved after every few requests, so that many kills hit a saving.
    const bench = await Bench.start({ ENGINE_BITMAP_CHANGES: '100' })
    try {
      const target: Target = { ...newTarget(), engine: 'bitmap' }
      await bench.client.engine('bitmap').lifecycle.ensure(target, AbortSignal.timeout(10_000))
      await ask(bench, target, 'schema', JSON.stringify(schema))
      const folder = folderOf(bench, target)
      const random = chance(7)
      const writers = Array.from({ length: lanes }, (_, number) => new Lane(bench, target, number))
      const acknowledged = (): number => writers.reduce((sum, one) => sum + one.acknowledged, 0)
      for (let kill = 1; kill <= kills; kill += 1) {
        let going = true
        const enough = acknowledged() + random(20)
        const writing = Promise.all(writers.map((writer) => writer.write(() => going)))
        await until(() => acknowledged() > enough, 'writes go on', 20_000)
        const children = bench.host.children()
        const isWhole = kill % 10 === 0
        if (isWhole) await bench.host.end('SIGKILL')
        else for (const pid of children) process.kill(pid, 'SIGKILL')
        going = false
        await writing
        await until(() => !children.some(alive), 'children end')
        expect(differences(folder)).toEqual([])
        if (isWhole) {
          await bench.restart()
          await until(() => bench.client.ready(), 'the client comes back by itself', 20_000)
        }
        const there = found(await ask(bench, target, 'pql', everything))
        for (const writer of writers) writer.settle(there)
        expect(new Set(JSON.parse(await ask(bench, target, 'pql', counts)) as number[])).toEqual(new Set([there.size]))
      }
      expect(acknowledged()).toBeGreaterThan(kills)
    } finally {
      await bench.close()
    }
  }, withinMs)
})
