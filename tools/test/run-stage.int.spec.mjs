import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { runStage } from './run-stage.mjs'

let folder
beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'tenantry-stage-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const stage = (script, rest = {}) => runStage({
  command: process.execPath, args: ['-e', script], options: { cwd: folder }, seconds: 20, lingeringSeconds: 0.5, endingSeconds: 0.5, signal: new AbortController().signal, ...rest,
})
const isAlive = (pid) => {
  try {
    // A process that has ended but was not collected yet still answers to signal 0.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1][0] !== 'Z'
  } catch {
    return false
  }
}
const gone = async (pid) => {
  for (let asked = 0; asked < 2_000 && isAlive(pid); asked += 1) await delay(10)
  return !isAlive(pid)
}
const noted = () => Number(readFileSync(path.join(folder, 'pid'), 'utf8'))
const child = 'require("fs").writeFileSync("pid", String(require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]).pid));'

it('has nothing to say about a stage that passes', async () => {
  expect(await stage('0')).toBeUndefined()
})

it('says how a failed stage ended', async () => {
  expect(await stage('process.exit(3)')).toBe('it ended with 3')
})

it('ends a stage that hangs, and what it started', async () => {
  expect(await stage(`${child} setInterval(() => {}, 1000)`, { seconds: 5 })).toBe('it did not end within 5 seconds and was stopped')
  expect(await gone(noted())).toBe(true)
})

it('ends a stage that takes no notice of being asked', async () => {
  expect(await stage('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)', { seconds: 1 })).toContain('was stopped')
})

it('fails a stage that does not end after its report is written', async () => {
  const report = path.join(folder, 'report.json')
  writeFileSync(report, '{}')
  expect(await stage('setInterval(() => {}, 1000)', { report })).toContain('a test left a handle open')
})

it('fails a stage that leaves a process behind, and ends it', async () => {
  expect(await stage(`${child} process.exit(0)`)).toBe('it left processes behind, which were ended')
  expect(await gone(noted())).toBe(true)
})

it('ends the stage when the run is interrupted', async () => {
  const interruption = new AbortController()
  void delay(200).then(() => interruption.abort())
  expect(await stage('setInterval(() => {}, 1000)', { signal: interruption.signal })).toBe('it was interrupted')
})
