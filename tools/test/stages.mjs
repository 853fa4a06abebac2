import path from 'node:path'

const program = (name) => path.join('node_modules', name)

const jest = (project, seconds) => ({
  name: project,
  seconds,
  tests: true,
  args: (report) => [program('jest/bin/jest.js'), '--selectProjects', project, '--json', '--outputFile', report],
})

/** In the order in which they run: what is cheap to find out comes first. The seconds add up to less than 20 minutes. */
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
