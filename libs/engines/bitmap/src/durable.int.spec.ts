import { DatabaseSync } from 'node:sqlite'
import { mainFile } from '@tenantry/engines-files'
import { Asked, makeRoot } from './testing/database.js'

const root = makeRoot()
afterAll(() => root.remove())

const schema = {
  indexes: [{
    name: 't', fields: [
      { name: 's', options: { type: 'set' } }, { name: 'n', options: { type: 'int' } }, { name: 'm', options: { type: 'mutex', keys: true } },
      { name: 'q', options: { type: 'time', timeQuantum: 'YMD' } },
    ],
  }],
}

const sets = (from: number, to: number): string => Array.from({ length: to - from }, (_, at) => from + at)
  .map((id) => `Set(${id}, s=${id % 7}) Set(${id}, n=${id}) Set(${id}, m="m${id % 3}") Set(${id}, q=${id % 2}, 2021-01-0${1 + id % 9}T00:00)`).join('')

/** What a thousand records of the table come to. */
const everything = 'Count(All()) Count(Row(s=3)) Sum(field=n) TopK(m) Count(Row(q=1, from=\'2021-01-03\', to=\'2021-01-06\')) Row(n > 990)'

let first: Asked | undefined
let answer = ''

beforeAll(() => {
  first = new Asked(root.fresh())
  first.schema(schema)
  first.text('t', sets(0, 1_000))
  answer = first.text('t', everything)
  first.close()
})

/** A database with 1,000 records whose bitmaps are saved, which answers `answer` to `everything`. */
const saved = (): string => first?.copy(root.fresh()) ?? ''

/** Changes the file of a database that nobody has open, and says how many rows were changed. */
const damage = (folder: string, sql: string): number => {
  const file = new DatabaseSync(mainFile(folder))
  try {
    return Number(file.prepare(sql).run().changes)
  } finally {
    file.close()
  }
}

const count = (folder: string, sql: string): number => {
  const file = new DatabaseSync(mainFile(folder), { readOnly: true })
  try {
    return Number(Object.values(file.prepare(sql).get() ?? {})[0])
  } finally {
    file.close()
  }
}

const image = 'UPDATE saved_bitmaps SET bytes ='
const damages = [
  ['cut by a byte', `${image} substr(bytes, 1, length(bytes) - 1)`],
  ['cut in half', `${image} substr(bytes, 1, length(bytes) / 2)`],
  ['empty', `${image} zeroblob(0)`],
  ['all zeroes', `${image} zeroblob(length(bytes))`],
  ['longer by a byte', `${image} CAST(bytes || x'00' AS BLOB)`],
  ['changed at their end', `${image} CAST(substr(bytes, 1, length(bytes) - 2) || x'5a5a' AS BLOB)`],
] as const

describe('saved bitmaps that are damaged', () => {
  it.each(damages)('are made anew from the rows, all of their field, when they are %s', (_how, sql) => {
    const folder = saved()
    expect(damage(folder, sql)).toBeGreaterThan(0)
    const database = new Asked(folder)
    expect(database.text('t', everything)).toBe(answer)
    expect(database.differences()).toEqual([])
    database.close()
  })

  it('are whole again once the database was closed', () => {
    const folder = saved()
    damage(folder, `${image} substr(bytes, 1, length(bytes) - 1)`)
    // Asked or not: what is damaged is found when it is read, and it is all read by this.
    const mending = new Asked(folder)
    expect(mending.differences()).toEqual([])
    mending.close()
    expect(count(folder, 'SELECT count(*) FROM changes')).toBe(0)
    expect(count(folder, 'SELECT count(*) FROM saved_bitmaps')).toBeGreaterThan(20)
    const again = new Asked(folder)
    expect(again.text('t', everything)).toBe(answer)
    expect(again.differences()).toEqual([])
    again.close()
  })

  it('are made anew also when it is the note of what changed that is damaged', () => {
    const folder = saved()
    const writing = new Asked(folder, { mostWaiting: 1e9 })
    writing.text('t', 'Set(3, s=100) Delete(ConstRow(columns=[5]))')
    const killed = writing.copy(root.fresh())
    writing.close()
    expect(damage(killed, 'UPDATE changes SET records = substr(records, 1, length(records) - 1)')).toBeGreaterThan(3)
    const database = new Asked(killed)
    expect(database.text('t', 'Row(s=100) Count(All()) Count(Row(n=5))')).toBe('[{"columns":[3]},999,0]')
    expect(database.differences()).toEqual([])
    database.close()
    const again = new Asked(killed)
    expect(again.differences()).toEqual([])
    again.close()
  })
})

describe('a field that was not read yet', () => {
  it('does not have the records that the same request ended before it asked for it', () => {
    const folder = saved()
    const database = new Asked(folder)
    expect(database.text('t', 'Delete(ConstRow(columns=[3])) Count(Row(s=3)) Row(n=3)')).toBe('[true,142,{"columns":[]}]')
    expect(database.differences()).toEqual([])
    database.close()
  })
})

describe('opening after a kill', () => {
  it('reads the rows of those records again that were changed since the bitmaps were saved, and of no others', () => {
    const writing = new Asked(saved(), { mostWaiting: 1e9 })
    writing.text('t', 'Set(10, n=2000) Set(11, s=100) Delete(ConstRow(columns=[12]))')
    const killed = writing.copy(root.fresh())
    writing.close()
    // Rows that nobody may look at would be missed if anybody did.
    expect(damage(killed, 'DELETE FROM rows_1 WHERE id NOT IN (10, 11, 12)')).toBe(997)
    const database = new Asked(killed)
    expect(database.text('t', 'Count(All()) Row(n=2000) Row(s=100) Count(Row(n < 1000)) Count(Row(s=3))')).toBe('[999,{"columns":[10]},{"columns":[11]},998,143]')
    expect(database.differences().length).toBeGreaterThan(0)
    database.close()
  })
})

describe('saving bitmaps', () => {
  it('loses nothing when there is no room for it, and is done once there is', () => {
    const folder = root.fresh()
    const database = new Asked(folder, { mostWaiting: 50 })
    database.schema(schema)
    let id = 0
    const asked = (pql: string): unknown => database.ask({ text: `[t]${pql}` }, 400_000)
    const said: unknown[] = []
    for (; id < 50_000; id += 10) {
      const some = Array.from({ length: 10 }, (_, at) => `Set(${id + at}, s=${id + at}) Set(${id + at}, n=${id + at})`).join('')
      said.push(asked(some))
      if (!Array.isArray(said.at(-1))) break
    }
    // Saving fails before writing does, since it needs more; what was written until then was answered.
    expect(said.at(-1)).toMatchObject({ code: 'StorageFull' })
    expect(asked('Count(All()) Count(Row(n >= 0))')).toEqual([id, id])
    expect(database.differences()).toEqual([])
    const killed = new Asked(database.copy(root.fresh()), { mostWaiting: 50 })
    expect(killed.text('t', 'Count(All()) Count(Row(n >= 0))')).toBe(`[${id},${id}]`)
    expect(killed.differences()).toEqual([])
    killed.close()
    expect(asked('Delete(All())')).toEqual([true])
    expect(asked('Set(1, s=1) Count(All())')).toEqual([true, 1])
    database.close()
    const again = new Asked(folder)
    expect(again.text('t', 'Count(All()) Row(s=1)')).toBe('[1,{"columns":[1]}]')
    expect(again.differences()).toEqual([])
    again.close()
  })

  it('takes a request back wholly for which there is no storage, and answers on', () => {
    const database = new Asked(root.fresh())
    database.schema(schema)
    database.ask({ text: '[t]Set(1, s=1)' })
    const many = Array.from({ length: 4_900 }, (_, at) => `Set(${at + 10}, s=${at})`).join('')
    expect(database.ask({ text: `[t]${many}` }, 200_000)).toMatchObject({ code: 'StorageFull' })
    expect(database.ask({ text: '[t]Count(All()) Row(s=1) Rows(s)' }, 200_000)).toEqual([1, { columns: [1] }, { rows: [1], Field: 's' }])
    expect(database.differences()).toEqual([])
    expect(database.ask({ text: '[t]Set(2, s=1)' }, 200_000)).toEqual([true])
    database.close()
  })

  it('ends in time with many rows, and what is left is saved later', () => {
    const database = new Asked(root.fresh(), { mostWaiting: 1e9 })
    database.schema(schema)
    for (let from = 0; from < 20_000; from += 4_000) database.text('t', Array.from({ length: 4_000 }, (_, at) => `Set(${from + at}, s=${from + at})`).join(''))
    const folder = database.copy(root.fresh())
    database.close()
    const slow = new Asked(folder, { savingMs: 0, closingMs: 5 })
    const rows = 'SELECT count(*) FROM saved_bitmaps'
    slow.text('t', 'Count(All())')
    const before = count(folder, rows)
    slow.close()
    const after = count(folder, rows)
    expect(before).toBe(0)
    expect(after).toBeLessThan(20_000)
    const partly = new Asked(folder, { closingMs: 60_000 })
    expect(partly.text('t', 'Count(All()) Row(s=19999)')).toBe('[20000,{"columns":[19999]}]')
    expect(partly.differences()).toEqual([])
    partly.close()
    expect(count(folder, rows)).toBeGreaterThan(20_000)
    expect(count(folder, 'SELECT count(*) FROM changes')).toBe(0)
  })
})

describe('bitmaps that have no memory left', () => {
  const small = { bitmapBytes: 6 * 1024 ** 2 }
  /** Records so far from each other that each has a container of its own. */
  const far = (row: number, from: number): string => Array.from({ length: 2_000 }, (_, at) => `Set(${(from + at) * 65_536 + row}, s=${row})`).join('')

  it('refuse in words and change nothing, and answer on', () => {
    const database = new Asked(root.fresh(), small)
    database.schema(schema)
    database.schema({ indexes: [{ name: 'u', fields: [{ name: 's' }] }] })
    database.text('t', 'Set(1, s=1) Set(1, n=5)')
    let kept = 1
    let refused: unknown
    for (let row = 2; row < 200 && refused === undefined; row += 1) {
      const answer = database.ask({ text: `[t]${far(row, row * 2_000)}` })
      if (Array.isArray(answer)) kept += answer.length
      else refused = answer
    }
    expect(refused).toEqual({ code: 'EngineRejectedQuery', message: 'The query needs more memory than the bitmaps of one database may have; ask for less at a time.' })
    expect(database.text('t', 'Count(All()) Row(n=5) Count(Row(s=1))')).toBe(`[${kept},{"columns":[1]},1]`)
    expect(database.text('u', 'Set(2, s=1) Row(s=1)')).toBe('[true,{"columns":[2]}]')
    database.close()
    const roomy = new Asked(database.folder)
    expect(roomy.text('t', 'Count(All())')).toBe(`[${kept}]`)
    expect(roomy.differences()).toEqual([])
    roomy.close()
  })

  it('are let go of for others, when all together have no room but each has', () => {
    const fields = Array.from({ length: 20 }, (_, at) => ({ name: `f${at}`, options: { type: 'set' } }))
    const writing = new Asked(root.fresh())
    writing.schema({ indexes: [{ name: 't', fields }] })
    for (const { name } of fields) writing.text('t', Array.from({ length: 4_000 }, (_, at) => `Set(${at * 65_536}, ${name}=${at % 4})`).join(''))
    writing.close()
    const database = new Asked(writing.folder, small)
    for (let round = 0; round < 2; round += 1) for (const { name } of fields) expect(database.text('t', `Count(Row(${name}=1)) Count(Row(${name} != null))`)).toBe('[1000,4000]')
    database.close()
  })
})
