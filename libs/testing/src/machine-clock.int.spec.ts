import { spawn } from 'node:child_process'
import { type MachineClock, startMachineClock, unlessHeldUp } from './machine-clock.js'
import { until } from './until.js'

let clock: MachineClock
beforeAll(async () => { clock = await startMachineClock() })
afterAll(() => clock.stop())

/** How far it went, and how far the clock on the wall, while something happened. */
const during = async (work: () => Promise<unknown>): Promise<{ readonly counted: number; readonly passed: number }> => {
  const [before, began] = [clock.now(), performance.now()]
  await work()
  return { counted: clock.now() - before, passed: performance.now() - began }
}
/** This process is stopped for so long, and then goes on. */
const stopped = (seconds: number): Promise<void> => new Promise((resolve) => {
  spawn('sh', ['-c', `sleep 0.1; kill -STOP ${process.pid}; sleep ${seconds}; kill -CONT ${process.pid}`], { detached: true, stdio: 'ignore' }).once('exit', () => resolve())
})
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

describe('the clock of a machine', () => {
  it('keeps pace with the one on the wall whenever nothing holds it up', async () => {
    await until('it keeps pace', async () => {
      const { counted, passed } = await during(() => pause(200))
      return counted > passed * 0.8
    }, 25_000)
  })

  it('is never ahead of it by more than a beat', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { counted, passed } = await during(() => pause(50))
      expect(counted).toBeLessThan(passed + 30)
    }
  })

  it('stands still while this process is stopped', async () => {
    const { counted, passed } = await during(() => stopped(1))
    expect(passed - counted).toBeGreaterThan(800)
  })
})

describe('a work that fails', () => {
  it('is done again when the machine was held up meanwhile, and not otherwise', async () => {
    let tries = 0
    expect(await unlessHeldUp(clock, async () => {
      tries += 1
      if (tries === 1) {
        await stopped(1.5)
        throw new Error('held up')
      }
      return tries
    })).toBe(2)
    await until('it fails at once on a machine that is calm', async () => {
      tries = 0
      await unlessHeldUp(clock, async () => {
        tries += 1
        throw new Error('wrong')
      }).catch(() => undefined)
      return tries === 1
    })
  })

  it('fails in the end, however often the machine is held up', async () => {
    let tries = 0
    const work = async (): Promise<void> => {
      tries += 1
      await stopped(1.3)
      throw new Error(`wrong ${tries}`)
    }
    await expect(unlessHeldUp(clock, work, 2)).rejects.toThrow('wrong 2')
  })
})
