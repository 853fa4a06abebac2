import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { killStarted, nobodyIsLeft, startSingle } from './single.process.js'

const kills = process.env['TEST_LONG'] === '1' ? 100 : 20
const seed = 20_251
const whileStartingMs = 2_000
const whileWorkingMs = 600

/** The same numbers at every run (mulberry32). */
const numbersFrom = (start: number) => {
  let state = start
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

afterEach(killStarted)

it(`starts again after each of ${kills} kills at any moment, leaves no process, and has lost nothing that it confirmed (seed ${seed})`, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-kill-'))
  const dataDir = path.join(folder, 'data')
  const draw = numbersFrom(seed)
  const confirmed: string[] = []

  const writeWhileAlive = async (url: string, life: number): Promise<void> => {
    for (let count = 0; count < 1_000; count += 1) {
      const word = `${life}-${count}`
      const answer = await fetch(`${url}/v2/databases`, { method: 'POST', body: word }).catch(() => undefined)
      if (answer?.status !== 200 || await answer.text().catch(() => undefined) === undefined) return
      confirmed.push(word)
    }
  }

  for (let life = 1; life <= kills; life += 1) {
    const single = startSingle({ DATA_DIR: dataDir })
    const writing = single.ready.then((url) => writeWhileAlive(url, life), () => undefined)
    // Every second life gets as far as working, however slow the machine is; the others end on their way there.
    if (life % 2 === 0) await single.ready
    await delay(draw() * (life % 2 === 0 ? whileWorkingMs : whileStartingMs))
    single.process.kill('SIGKILL')
    expect(await single.ended).toMatchObject({ code: null, signal: 'SIGKILL' })
    await writing
    await nobodyIsLeft(dataDir)
  }

  const url = await startSingle({ DATA_DIR: dataDir }).ready
  const stored = new Set((await (await fetch(`${url}/v2/databases`)).json() as { word: string }[]).map(({ word }) => word))
  expect(confirmed.filter((word) => !stored.has(word))).toEqual([])
  // Otherwise the kills would all have come too early to prove anything.
  expect(confirmed.length).toBeGreaterThan(kills)
  await killStarted()
  await nobodyIsLeft(dataDir)
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}, kills * 10_000)
