// Prints what ESLint says of the planted tree, and which rules are on for one real file of each room. Run in a process of its own.
import path from 'node:path'
import { ESLint } from 'eslint'

const root = path.resolve(import.meta.dirname, '../..')
const planted = path.join(import.meta.dirname, 'fixtures/lint')

const said = await new ESLint({ cwd: planted }).lintFiles('.')
const real = new ESLint({ cwd: root })
const isOn = ([, [level]]) => level === 2
const rulesOf = async (file) => [file, Object.fromEntries(Object.entries((await real.calculateConfigForFile(file))?.rules ?? {}).filter(isOn).map(([name, [, ...options]]) => [name, options]))]

process.stdout.write(JSON.stringify({
  planted: said.map(({ filePath, messages, source }) => ({
    file: path.relative(planted, filePath), source, messages: messages.map(({ line, ruleId, message }) => ({ line, ruleId, message })),
  })),
  real: Object.fromEntries(await Promise.all(process.argv.slice(2).map(rulesOf))),
}))
