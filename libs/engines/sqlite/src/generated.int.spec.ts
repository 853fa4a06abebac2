import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { allowedKinds } from './testing/grammar.js'

const isLong = process.env['TEST_LONG'] === '1'
const program = path.resolve(import.meta.dirname, '../dist/testing/generated-statements.js')
const place = mkdtempSync(path.join(os.tmpdir(), 'generated-'))
const [root = '', work = '', temporary = ''] = ['root', 'work', 'temporary'].map((name) => path.join(place, name))
beforeEach(() => { for (const folder of [root, work, temporary]) mkdirSync(folder) })
afterEach(() => { for (const folder of [root, work, temporary]) rmSync(folder, { recursive: true, force: true }) })
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** In a process of its own, whose working and temporary folders are nobody else's: anything at all in them is a statement's. */
const generated = async (statements: number, texts: number, seconds: number): Promise<Readonly<Record<string, number>>> => {
  const env = { TMPDIR: temporary, SQLITE_TMPDIR: temporary }
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', program, root, String(statements), String(texts)], { cwd: work, env, timeout: seconds * 1_000, killSignal: 'SIGKILL' })
  return JSON.parse(stdout) as Record<string, number>
}

describe('a statement of any kind', () => {
  it('is answered or refused by its kind, changes nothing for one who may only read, and touches nothing outside its database', async () => {
    const runs = isLong ? 100_000 : 4_000
    const answered = await generated(runs, 0, 900)
    // It reaches deep: of each kind that may be answered, a good part was.
    for (const kind of allowedKinds) expect({ kind, often: (answered[kind] ?? 0) > runs / 24 / 6 }).toEqual({ kind, often: true })
  }, 910_000)
})

describe('any text at all', () => {
  it('is answered or refused, and nothing outside its database is touched', async () => {
    expect(await generated(0, isLong ? 20_000 : 2_000, 600)).toEqual({})
  }, 610_000)
})
