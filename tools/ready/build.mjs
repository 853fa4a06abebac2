import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { alone } from './lock.mjs'
import { NotReady } from './not-ready.mjs'
import { installedNode } from './platform.mjs'
import { lastLines, run } from './run.mjs'
import { digest, readStamp, removeStamp, writeStamp } from './stamp.mjs'

const projectFolders = ['apps', 'libs', 'libs/dialects', 'libs/engines']
const shared = ['package.json', 'nx.json', 'tools/build.mjs', 'tools/kernel.mjs', 'tools/swc.mjs', 'node_modules/.tenantry-installed']

const projectsIn = (root) => projectFolders.flatMap((parent) => existsSync(path.join(root, parent))
  ? readdirSync(path.join(root, parent)).map((name) => path.join(parent, name)).filter((folder) => existsSync(path.join(root, folder, 'package.json')))
  : [])

const line = (root, file) => {
  const found = statSync(path.join(root, file), { throwIfNoEntry: false })
  return found ? `${file} ${found.mtimeMs} ${found.size}\n` : ''
}

const sourcesOf = (root, project) => {
  const sources = path.join(root, project, 'src')
  if (!existsSync(sources)) return []
  return readdirSync(sources, { recursive: true }).filter((name) => !/\.spec\.\w+$/.test(name)).map((name) => path.join(project, 'src', name))
}

const kernelOf = (root, project) => {
  const kernel = path.join(root, project, 'kernel')
  return existsSync(kernel) ? readdirSync(kernel, { recursive: true }).map((name) => path.join(project, 'kernel', name)) : []
}

/** Names what the sources are now, by path, time and size: a changed, added or deleted file gives another text. */
const fingerprint = (root, projects) => {
  const files = [...shared, ...projects.flatMap((project) => [path.join(project, 'package.json'), ...sourcesOf(root, project), ...kernelOf(root, project)])]
  return digest(...files.sort().map((file) => line(root, file)))
}

const builtFile = (source) => source.replace(`${path.sep}src${path.sep}`, `${path.sep}dist${path.sep}`).replace(/\.ts$/, '.js')
const isBuilt = (root, project) => {
  const { nx, scripts, assets = {} } = JSON.parse(readFileSync(path.join(root, project, 'package.json'), 'utf8'))
  const build = nx?.targets?.build ?? scripts?.build
  if (build === undefined) return true
  // Only the build that projects have by default makes one file of each source; of another one no more is known than where it goes.
  if (Object.keys(build).length > 0) return existsSync(path.join(root, project, 'dist'))
  if (kernelOf(root, project).length > 0 && !existsSync(path.join(root, project, 'dist', 'kernel.wasm'))) return false
  if (!Object.keys(assets).every((name) => existsSync(path.join(root, project, 'dist', 'assets', name)))) return false
  return sourcesOf(root, project).every((source) => !/(?<!\.d)\.ts$/.test(source) || existsSync(path.join(root, builtFile(source))))
}

const nx = (root, ...flags) => {
  const binaries = path.join(root, 'node_modules', '.bin')
  const env = {
    ...process.env, PATH: `${binaries}${path.delimiter}${process.env.PATH}`, NX_DAEMON: 'false', NX_TUI: 'false',
    // One cache a checkout: another one's half-written results are never taken.
    NX_CACHE_DIRECTORY: path.join(root, '.nx', 'cache'),
  }
  return run(installedNode(root), [path.join(binaries, 'nx'), 'run-many', '-t', 'build', '--output-style=static', ...flags], { cwd: root, env })
}

const buildAll = async (root) => {
  const isWhole = () => projectsIn(root).every((project) => isBuilt(root, project))
  const first = await nx(root)
  return first.code !== 0 || isWhole() ? first : await nx(root, '--skip-nx-cache')
}

export const buildWhenStale = async (root, say) => {
  const stamp = path.join(root, 'node_modules', '.tenantry-built')
  const isFresh = () => {
    const projects = projectsIn(root)
    return readStamp(stamp) === fingerprint(root, projects) && projects.every((project) => isBuilt(root, project))
  }
  if (isFresh()) return
  await alone(root, say, async () => {
    if (isFresh()) return
    say('Building …')
    removeStamp(stamp)
    // Taken before the build, so that a file saved meanwhile makes the next start build again.
    const built = fingerprint(root, projectsIn(root))
    const { code, output } = await buildAll(root)
    if (code !== 0) throw new NotReady(`The build failed:\n${lastLines(output, 40)}`)
    writeStamp(stamp, built)
  })
}
