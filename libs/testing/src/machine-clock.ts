import { Worker } from 'node:worker_threads'

export interface MachineClock {
  /** Milliseconds since it was started in which the machine had room for its programs. */
  now(): number
  stop(): Promise<void>
}

/** Counted in tenths of a millisecond. */
const perMs = 10

/** Says every ten milliseconds how much of its time the machine has given it: it sleeps and works a little, always the same. */
const beating = `
  const { workerData: { told, perMs, sleepMs, slack } } = require('node:worker_threads')
  const counted = new Int32Array(told)
  const still = new Int32Array(new SharedArrayBuffer(4))
  const beatMs = () => {
    const began = performance.now()
    Atomics.wait(still, 0, 0, sleepMs)
    for (let n = 0, x = 1; n < 300_000; n += 1) x = Math.imul(x, 1_103_515_245) + 12_345 | 0
    return performance.now() - began
  }
  let usualMs = Infinity
  for (let ms = 0;;) {
    const now = beatMs()
    usualMs = Math.min(usualMs, now)
    ms += Math.min(now, slack * usualMs)
    Atomics.store(counted, 0, Math.floor(ms * perMs))
    Atomics.notify(counted, 0)
  }
`
/**
 * A clock that stands still while this machine does, and goes slowly while the machine is slow: what is promised within a time is
 * measured by it, so that a machine which is busy with other things takes nothing from a promise, and adds nothing to it. On a calm
 * machine it is the clock on the wall. It takes a tenth of a processor, so stop it.
 */
export const startMachineClock = async (): Promise<MachineClock> => {
  const told = new SharedArrayBuffer(4)
  const counted = new Int32Array(told)
  const worker = new Worker(beating, { eval: true, workerData: { told, perMs, sleepMs: 9, slack: 1.3 } })
  const failed = new Promise<never>((_, reject) => { worker.once('error', reject) })
  failed.catch(() => undefined)
  const wait = Atomics.waitAsync(counted, 0, 0)
  await Promise.race([wait.value, failed])
  return { now: () => Atomics.load(counted, 0) / perMs, stop: async () => { await worker.terminate() } }
}

const heldUpMs = 1_000

/** What a work gives. One that fails while the machine was held up for a second or more has proven nothing and is done again, a few times at most. */
export const unlessHeldUp = async <T>(clock: MachineClock, work: () => Promise<T>, triesLeft = 5): Promise<T> => {
  const [began, beganOnWall] = [clock.now(), performance.now()]
  try {
    return await work()
  } catch (error) {
    const lostMs = performance.now() - beganOnWall - (clock.now() - began)
    if (lostMs < heldUpMs || triesLeft <= 1) throw error
    return unlessHeldUp(clock, work, triesLeft - 1)
  }
}
