import { spawn } from 'node:child_process'
import { type MachineClock, startMachineClock } from './machine-clock.js'
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
    const stopped = spawn('sh', ['-c', `sleep 0.1; kill -STOP ${process.pid}; sleep 1; kill -CONT ${process.pid}`], { detached: true, stdio: 'ignore' })
    const { counted, passed } = await during(() => new Promise((resolve) => { stopped.once('exit', resolve) }))
    expect(passed - counted).toBeGreaterThan(800)
  })
})
