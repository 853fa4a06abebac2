// build.mjs [project folder]: compiles src/*.ts to dist/*.js with SWC, and a kernel to dist/kernel.wasm, and copies to dist/assets what its
// package.json names: files of the project, or of packages. Types are checked apart, by tsc.
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { transformFile } from '@swc/core'
import { buildKernel, kernelFiles } from './kernel.mjs'
import { swcOptions } from './swc.mjs'

process.chdir(process.argv[2] ?? '.')

const isCompiled = (file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !/\.spec\.ts$/.test(file)
const jsOf = (file) => path.join('dist', file.replace(/\.ts$/, '.js'))

const sources = (await readdir('src', { recursive: true })).filter(isCompiled)
for (const file of sources) {
  const { code, map } = await transformFile(path.join('src', file), swcOptions)
  await mkdir(path.dirname(jsOf(file)), { recursive: true })
  await writeFile(jsOf(file), `${code}\n//# sourceMappingURL=${path.basename(jsOf(file))}.map\n`)
  await writeFile(`${jsOf(file)}.map`, map)
}

const hasKernel = existsSync('kernel')
if (hasKernel) await buildKernel()

const { assets = {} } = JSON.parse(await readFile('package.json', 'utf8'))
const assetOf = (name) => path.join('dist', 'assets', name)
for (const [name, from] of Object.entries(assets)) {
  await mkdir(path.dirname(assetOf(name)), { recursive: true })
  await copyFile(from.startsWith('./') ? from : path.join(import.meta.dirname, '..', 'node_modules', from), assetOf(name))
}

// What is left of sources that are gone would still be imported by what was built against them.
const wanted = new Set([...sources.flatMap((file) => [jsOf(file), `${jsOf(file)}.map`]), ...(hasKernel ? kernelFiles : []), ...Object.keys(assets).map(assetOf)])
for (const entry of await readdir('dist', { recursive: true, withFileTypes: true })) {
  const file = path.join(path.relative('.', entry.parentPath), entry.name)
  if (entry.isFile() && !wanted.has(file)) await rm(file, { force: true })
}
