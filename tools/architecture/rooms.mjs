import path from 'node:path'
import { isTest } from './workspace.mjs'

const nameless = new Set(['common', 'shared', 'utils', 'util', 'helpers', 'helper', 'core', 'misc', 'lib'])
const longestFile = 300

const sourceOf = (file, from) => path.join(path.dirname(file), from).replace(/\.js$/, '.ts')
/** The folder below src that a file stands in; undefined for the files at its root, which put the features together. */
const featureOf = (file) => file.match(/^src\/([^/]+)\//)?.[1]
const relative = (imports) => imports.filter(({ from }) => from.startsWith('.'))

/** In each app, which feature imports which. The edge (http) stands above the features and may know them all. */
const featureEdges = ({ files }) => {
  const edges = new Map()
  for (const { file, imports } of files.filter((one) => !isTest(one.file))) {
    const feature = featureOf(file)
    if (!feature) continue
    for (const { from } of relative(imports)) {
      const other = featureOf(sourceOf(file, from))
      if (other && other !== feature) edges.set(feature, (edges.get(feature) ?? new Set()).add(other))
    }
  }
  return edges
}

const cycleFrom = (edges, start) => {
  const seen = new Set()
  const walk = (at, trail) => {
    for (const next of edges.get(at) ?? []) {
      if (next === start) return [...trail, next]
      if (seen.has(next)) continue
      seen.add(next)
      const found = walk(next, [...trail, next])
      if (found) return found
    }
    return undefined
  }
  return walk(start, [start])
}

export const featureCycles = ({ projects }) => projects.filter(({ folder }) => folder.startsWith('apps/')).flatMap((project) => {
  const edges = featureEdges(project)
  const cycles = [...edges.keys()].map((start) => cycleFrom(edges, start)).filter(Boolean)
  return [...new Map(cycles.map((cycle) => [[...new Set(cycle)].sort().join(), cycle])).values()].map((cycle) => `${project.folder}: ${cycle.join(' → ')}`)
})

const takesEntity = ({ from, values }) => /\.entity\.js$/.test(from) && values.some((name) => name === '*' || name.endsWith('Entity'))

/** An entity is the table, named …Entity; the types and functions beside it may be used by other features. */
export const strayEntities = ({ projects }) => projects.flatMap((project) => project.files.filter(({ file }) => file !== 'src/source.ts')
  .flatMap(({ file, imports }) => relative(imports).filter((one) => takesEntity(one) && path.dirname(sourceOf(file, one.from)) !== path.dirname(file))
    .map(({ from }) => `${path.join(project.folder, file)} imports ${from}: an entity stays in its folder`)))

export const namelessFolders = ({ projects }) => [...new Set(projects.flatMap(({ folder, files }) => files
  .flatMap(({ file }) => path.dirname(path.join(folder, file)).split('/').filter((name, depth) => depth > 0 && nameless.has(name)).map((name) => `${folder} has a folder named ${name}`))))]

export const longFiles = ({ projects }) => projects.flatMap(({ folder, files }) => files
  .filter(({ lines }) => lines > longestFile).map(({ file, lines }) => `${path.join(folder, file)} has ${lines} lines`))
