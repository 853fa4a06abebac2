import path from 'node:path'
import { builtinModules } from 'node:module'
import { isTest } from './workspace.mjs'

const everything = ['app', 'bundle', 'client', 'contracts', 'dialect', 'e2e', 'engine', 'engine-contract', 'infra', 'language', 'platform', 'testing', 'ui']

/** What a project of one type may know of the others. */
const mayKnow = {
  'contracts': ['contracts'],
  'language': ['language'],
  'dialect': ['contracts'],
  'engine-contract': ['engine-contract', 'contracts', 'language'],
  'engine': ['engine-contract', 'contracts', 'language'],
  'infra': [],
  'testing': ['infra'],
  'platform': ['platform', 'contracts'],
  'app': ['platform', 'dialect', 'engine', 'engine-contract', 'contracts', 'language'],
  'bundle': everything,
  'client': [],
  'ui': ['client'],
  'e2e': ['client'],
}
const mayKnowInTests = ['testing', 'infra']

const typeOf = ({ tags }) => tags.length === 1 ? tags[0].replace(/^type:/, '') : undefined
const packageOf = (from) => from.split('/').slice(0, from.startsWith('@') ? 2 : 1).join('/')
const isRelative = (from) => from.startsWith('.')
const isBuiltIn = (from) => from.startsWith('node:') || builtinModules.includes(from)

/** Calls `judge` for each import of each file; what it answers is a complaint. */
const eachImport = ({ projects }, judge) => projects.flatMap((project) => project.files.flatMap((file) => file.imports
  .map((one) => judge(one, file, project)).filter(Boolean).map((complaint) => `${path.join(project.folder, file.file)} ${complaint}`)))

export const untagged = ({ projects }) => projects.filter((project) => !Object.hasOwn(mayKnow, typeOf(project) ?? ''))
  .map(({ folder, tags }) => `${folder} has ${tags.length === 0 ? 'no tag' : `the tags ${tags.join(', ')}`}, but needs exactly one known type`)

export const wrongWay = (workspace) => {
  const byName = new Map(workspace.projects.map((project) => [project.name, project]))
  return eachImport(workspace, ({ from }, { file }, project) => {
    const other = byName.get(packageOf(from))
    if (!other || other === project) return undefined
    const allowed = [...mayKnow[typeOf(project)] ?? [], ...(isTest(file) ? mayKnowInTests : [])]
    return allowed.includes(typeOf(other)) ? undefined : `imports ${other.name}, but type:${typeOf(project)} may not know type:${typeOf(other)}`
  })
}

export const deepImports = (workspace) => {
  const names = new Set(workspace.projects.map(({ name }) => name))
  return eachImport(workspace, ({ from }, { file }) => {
    if (isRelative(from)) return path.join(path.dirname(file), from).startsWith('..') ? `reaches out of its package to ${from}` : undefined
    return names.has(packageOf(from)) && packageOf(from) !== from ? `looks inside a package: ${from}` : undefined
  })
}

/** Tests may use every package of the repository, and what is made for tests. */
export const undeclared = (workspace) => {
  const testing = new Set(workspace.projects.filter((project) => mayKnowInTests.includes(typeOf(project))).map(({ name }) => name))
  return eachImport(workspace, ({ from }, { file }, project) => {
    if (isRelative(from) || isBuiltIn(from) || project.declared.has(packageOf(from)) || packageOf(from) === project.name) return undefined
    if (isTest(file) && (workspace.tools.has(packageOf(from)) || testing.has(packageOf(from)))) return undefined
    return `imports ${packageOf(from)}, which its package.json does not declare`
  })
}
