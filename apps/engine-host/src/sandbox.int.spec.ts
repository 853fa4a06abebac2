import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Problem } from '@tenantry/contracts'
import type { Access, Target } from '@tenantry/engines-contract'
import { carried, hostiles } from './testing/carriers.js'
import { Bench, until } from './testing/host-process.js'

const isLong = process.env['TEST_LONG'] === '1'
const slowly = isLong ? 900_000 : 120_000
/** Of the product of hostile texts and carriers readers and writers run all, or every other one each. */
const share = isLong ? 1 : 2
// Nothing here is about what survives a power cut: where memory serves as a disk, nobody waits for one.
const disk = existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir()

/** Every file below a folder that is no tenant's, with its size and the time of its last change. */
const filesOf = (folder: string, except: (name: string) => boolean): ReadonlyMap<string, string> => new Map(
  readdirSync(folder, { recursive: true }).map(String).filter((name) => !except(name)).sort().flatMap((name) => {
    const found = statSync(path.join(folder, name), { throwIfNoEntry: false })
    return found?.isFile() === true ? [[name, `${found.size} ${found.mtimeMs}`] as const] : []
  }),
)
/** Databases that somebody has made where temporary files go; other programs may make other files there meanwhile. */
const strayDatabases = (): readonly string[] => [os.tmpdir(), '/var/tmp', '/tmp'].flatMap((folder) => readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())
  .map((entry) => path.join(folder, entry.name)).filter((file) => /new\.db|copy\.db|canary|etilqs/.test(file)))
const openFilesOf = (pid: number): readonly string[] => readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
  try {
    return [readlinkSync(`/proc/${pid}/fd/${name}`).replace(/\d+/g, 'n')]
  } catch {
    // It was closed between the two looks.
    return []
  }
}).sort()

describe('whatever a tenant sends, by whatever carrier', () => {
  let bench: Bench
  let mine: Target
  let neighbour: Target
  let root: string
  let places: readonly string[]
  const secret = `canary-${randomUUID()}`
  const marker = `marker-${randomUUID()}`
  let answered = 0

  beforeAll(async () => {
    const folder = mkdtempSync(path.join(disk, 'sandbox-'))
    bench = await Bench.start({ ENGINE_CHILDREN_WARM: '1', ENGINE_CHILDREN_MAX: '2' }, folder)
    mine = await bench.database('create table t(a integer primary key, b)', 'create index t_b on t(b)', 'create virtual table docs using fts5(body)', 'insert into t values (1, \'x\')')
    neighbour = await bench.database('create table t(a)', `insert into t values ('${marker}')`)
    root = path.join(folder, 'tenants')
    places = [root, path.join(root, mine.databaseId), path.join(root, mine.databaseId, '1'), folder]
    for (const place of places.slice(0, 2)) {
      const canary = new DatabaseSync(path.join(place, 'canary.db'))
      canary.exec(`create table secrets(s); insert into secrets values ('${secret}')`)
      canary.close()
      writeFileSync(path.join(place, 'canary.txt'), secret)
    }
  }, slowly)
  afterAll(() => bench.close(), slowly)

  const send = async (text: string, access: Access): Promise<{ readonly code: string; readonly said: string }> => {
    try {
      const { fields, data } = await bench.run(mine, text, { access, limits: { seconds: 5, answerBytes: 1_000_000, answerRows: 10_000 } })
      return { code: 'none', said: `${fields}${data}` }
    } catch (error) {
      return error instanceof Problem ? { code: error.code, said: error.message } : { code: 'unexpected', said: String(error) }
    }
  }

  it('is one of more than three hundred', () => {
    const all = hostiles({ root })
    expect(all.length).toBeGreaterThan(300)
    expect(new Set(all.map(({ text }) => text)).size).toBe(all.length)
  })

  it('reads and changes nothing outside its database, opens nothing for good, and no neighbour notices', async () => {
    const [child = 0] = bench.host.children()
    await Promise.all([send('select 1', 'read'), send('select 1', 'write'), bench.rows(neighbour, 'select a from t', { access: 'read' })])
    const isMine = (name: string): boolean => name.startsWith(`tenants/${mine.databaseId}/1/`) || name.endsWith('.note') || name.endsWith('-shm')
    const before = { files: filesOf(bench.folder, isMine), stray: strayDatabases(), open: openFilesOf(child) }
    const holes: string[] = []
    let going = true
    let asked = 0
    const watching = (async () => {
      for (; going; asked += 1) expect(await bench.rows(neighbour, 'select a from t', { access: 'read' })).toEqual([[marker]])
    })()
    let turn = 0
    for (const hostile of hostiles({ root })) {
      for (const { name, bare, texts } of carried(hostile)) {
        turn += 1
        for (const [at, access] of (['write', 'read'] as const).entries()) {
          if ((turn + at) % share !== 0) continue
          for (const text of texts) {
            const { code, said } = await send(text, access)
            const isRight = bare ? code === 'EngineRejectedQuery' : code === 'none' || code === 'EngineRejectedQuery'
            // A path that the caller has written itself may stand in the answer.
            const tells = said.includes(secret) || said.includes(marker) || (said.includes(bench.folder) && !text.includes(bench.folder))
            if (!isRight || tells) holes.push(`${access}, ${name}: ${code} for ${JSON.stringify(text)}: ${said.slice(0, 200)}`)
            answered += 1
          }
        }
      }
    }
    going = false
    await watching
    expect(holes).toEqual([])
    expect(asked).toBeGreaterThan(100)
    expect(bench.host.children()).toContain(child)
    expect(filesOf(bench.folder, isMine)).toEqual(before.files)
    expect(strayDatabases()).toEqual(before.stray)
    expect(readFileSync(path.join(root, 'canary.txt'), 'utf8')).toBe(secret)
    await until(() => openFilesOf(child).length <= before.open.length, 'what was opened is closed')
    expect(openFilesOf(child)).toEqual(before.open)
  }, slowly)

  it('was run more than ten thousand times', () => {
    expect(answered).toBeGreaterThan(isLong ? 20_000 : 10_000)
  })

  it('leaves the database sound, with its settings, and with nothing in its folder but its own', async () => {
    for (const [pragma, value] of [['synchronous', 2], ['journal_mode', 'wal'], ['foreign_keys', 1], ['query_only', 0], ['page_size', 4096], ['busy_timeout', 2000], ['cache_size', -1024]] as const) {
      expect(await bench.rows(mine, `pragma ${pragma}`)).toEqual([[value]])
    }
    expect(await bench.rows(mine, 'pragma integrity_check')).toEqual([['ok']])
    expect(await bench.rows(mine, 'select name from sqlite_schema where name in (\'t\', \'t_b\', \'docs\') order by 1')).toEqual([['docs'], ['t'], ['t_b']])
    expect(readdirSync(places[2] ?? '').sort()).toEqual(['main.db', 'main.db-shm', 'main.db-wal'])
  })
})
