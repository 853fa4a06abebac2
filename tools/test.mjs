// Runs the stages of the test in order, each timed and with a deadline, up to the first that fails. The last line counts the tests.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { installedNode } from './ready/platform.mjs'
import { readArguments } from './test/arguments.mjs'
import { runStage } from './test/run-stage.mjs'
import { allowances, longFactor } from './test/stages.mjs'
import { readTally, sum } from './test/tally.mjs'

const root = path.resolve(import.meta.dirname, '..')
const say = (line) => process.stdout.write(`${line}\n`)
const spell = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`

const environment = (long) => ({
  ...process.env,
  PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`,
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim(),
  ...(long && { TEST_LONG: '1' }),
})

const run = async (stage, { long, folder, signal, seconds }) => {
  say(`\n── ${stage.name}`)
  const report = path.join(folder, `${stage.name}.json`)
  const began = performance.now()
  const reason = await runStage({
    command: installedNode(root), args: stage.args(report), options: { cwd: root, env: environment(long) },
    seconds, signal, ...(stage.tests && { report }),
  })
  const tally = readTally(root, report)
  const result = { name: stage.name, reason, tally, milliseconds: performance.now() - began, tests: stage.tests }
  return stage.tests && !reason && tally.passed === 0 ? { ...result, reason: 'it ran no test' } : result
}

const describe = ({ name, reason, tally, milliseconds, tests }) => {
  const counts = tests ? `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped` : ''
  return `${reason ? '✗' : '✓'} ${name.padEnd(13)}${spell(milliseconds).padStart(8)}  ${[counts, reason].filter(Boolean).join('; ')}`.trimEnd()
}

const summarise = (chosen, results) => {
  say('')
  for (const name of results.flatMap(({ tally }) => tally.skippedNames)) say(`skipped: ${name}`)
  for (const result of results) say(describe(result))
  for (const { name } of chosen.slice(results.length)) say(`· ${name.padEnd(13)} not run`)
  say(`in ${spell(results.reduce((total, { milliseconds }) => total + milliseconds, 0))}`)
  const { passed, failed, skipped } = sum(results)
  say(`${passed} passed, ${failed} failed, ${skipped} skipped`)
}

const main = async ({ long, chosen }) => {
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => interruption.abort())
  const folder = mkdtempSync(path.join(tmpdir(), 'tenantry-report-'))
  const results = []
  const allowed = allowances(long ? longFactor : 1)
  try {
    for (const stage of chosen) {
      const result = await run(stage, { long, folder, signal: interruption.signal, seconds: Math.round(allowed.of(stage)) })
      results.push(result)
      allowed.took(stage, result.milliseconds / 1_000)
      if (result.reason) break
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  summarise(chosen, results)
  return results.every(({ reason }) => !reason) ? 0 : 1
}

try {
  process.exitCode = await main(readArguments(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
