import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { importsOf } from './imports.mjs'

/** A spec, or what only specs import. */
export const isTest = (file) => /\.spec\.ts$|(^|\/)testing\//.test(file)

/** A project as the rules see it. `sources` are texts by their path below the project's folder. */
export const projectOf = (folder, manifest, sources) => ({
  folder,
  name: manifest.name,
  tags: manifest.nx?.tags ?? [],
  declared: new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })),
  files: Object.entries(sources).map(([file, text]) => ({ file, text, imports: importsOf(text), lines: text.split('\n').length - 1 })),
})

const manifestOf = (root, folder) => {
  try {
    return JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  }
}

const foldersIn = (root, parent) => readdirSync(path.join(root, parent), { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map(({ name }) => path.join(parent, name))

const sourcesIn = (root, folder) => Object.fromEntries(readdirSync(path.join(root, folder), { recursive: true })
  .filter((file) => /\.ts$/.test(file) && !/(^|\/)(node_modules|dist|generated)\//.test(file)).sort()
  .map((file) => [file, readFileSync(path.join(root, folder, file), 'utf8')]))

/** A folder that holds sources but no manifest is a project all the same: one that cannot be let through. */
export const readWorkspace = (root) => {
  const { workspaces, dependencies, devDependencies } = manifestOf(root, '.')
  const groups = new Set(workspaces.map((pattern) => path.dirname(pattern)))
  const folders = [...groups].flatMap((group) => foldersIn(root, group)).filter((folder) => !groups.has(folder))
  return {
    tools: new Set(Object.keys({ ...dependencies, ...devDependencies })),
    projects: folders.map((folder) => projectOf(folder, manifestOf(root, folder) ?? { name: folder }, sourcesIn(root, folder))),
  }
}
