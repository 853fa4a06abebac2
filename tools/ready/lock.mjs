import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive } from './is-alive.mjs'
import { NotReady } from './not-ready.mjs'

const waitMinutes = 15

const take = (file) => {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  }
}

const holder = (file) => {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** Two starts in one checkout install and build one after the other. A lock whose owner was killed is taken over. */
export const alone = async (root, say, work) => {
  const file = path.join(root, '.nx', 'ready.lock')
  mkdirSync(path.dirname(file), { recursive: true })
  const deadline = Date.now() + waitMinutes * 60_000
  for (let asked = 0; !take(file); asked += 1) {
    if (asked === 0) say('Waiting for another start in this folder …')
    if (Date.now() > deadline) throw new NotReady(`Another start in this folder has not ended in ${waitMinutes} minutes: remove ${file} if there is none.`)
    const pid = holder(file)
    // A file that stays empty was left by a process that died between making and filling it.
    if ((pid === undefined && asked > 10) || (pid !== undefined && !isAlive(pid))) rmSync(file, { force: true })
    else await delay(100)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}
