import path from 'node:path'

const program = (name) => path.join('node_modules', name)

const jest = (project, seconds) => ({
  name: project,
  seconds,
  tests: true,
  args: (report) => [program('jest/bin/jest.js'), '--selectProjects', project, '--json', '--outputFile', report],
})

/** In the order in which they run: what is cheap to find out comes first. The seconds add up to less than 20 minutes, which is what all of it may take. */
export const stages = [
  { name: 'types', seconds: 60, args: () => [program('typescript/bin/tsc'), '-p', 'tsconfig.json'] },
  // Without a cache: it goes by a file's own text, and would not see that a type in another file has changed.
  { name: 'lint', seconds: 75, args: () => [program('eslint/bin/eslint.js'), '.'] },
  jest('unit', 90),
  jest('architecture', 30),
  jest('integration', 250),
  jest('e2e', 370),
  jest('faults', 305),
]

/** Full counts take as long as they take; a stage that hangs must still end. */
export const longFactor = 12

/**
 * How long each stage of a run may take: its own time, and what those before it have left. A machine that is slow at one thing is not
 * failed for it as long as all of it together is quick enough.
 */
export const allowances = (factor) => {
  let leftSeconds = 0
  return {
    of: ({ seconds }) => seconds * factor + leftSeconds,
    took: ({ seconds }, spentSeconds) => { leftSeconds = Math.max(0, seconds * factor + leftSeconds - spentSeconds) },
  }
}
