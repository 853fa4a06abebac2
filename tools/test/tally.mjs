import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const nothing = { passed: 0, failed: 0, skipped: 0, skippedNames: [] }
const isSkipped = ({ status }) => status === 'pending' || status === 'todo' || status === 'disabled'

/** "path › suite (count)": what was left out, so that nobody takes a skipped suite for a passed one. */
const namesOf = (root, { name, assertionResults }) => {
  const counts = new Map()
  for (const test of assertionResults.filter(isSkipped)) {
    const title = [path.relative(root, name), ...(test.ancestorTitles.length > 0 ? test.ancestorTitles : [test.title])].join(' › ')
    counts.set(title, (counts.get(title) ?? 0) + 1)
  }
  return [...counts].map(([title, count]) => `${title} (${count})`)
}

/** Reads jest's report. A suite that could not run counts as one failed test. */
export const readTally = (root, report) => {
  if (!existsSync(report)) return nothing
  const seen = JSON.parse(readFileSync(report, 'utf8'))
  return {
    passed: seen.numPassedTests,
    failed: seen.numFailedTests + seen.numRuntimeErrorTestSuites,
    skipped: seen.numPendingTests + seen.numTodoTests,
    skippedNames: seen.testResults.flatMap((suite) => namesOf(root, suite)),
  }
}

/** A stage that failed without a failed test (types, a deadline) counts as one: the last line never reads like success. */
export const sum = (results) => results.reduce((total, { tally, reason }) => ({
  passed: total.passed + tally.passed,
  failed: total.failed + (reason && tally.failed === 0 ? 1 : tally.failed),
  skipped: total.skipped + tally.skipped,
}), { passed: 0, failed: 0, skipped: 0 })
