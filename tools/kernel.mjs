// Compiles a project's kernel/index.ts from AssemblyScript to dist/kernel.wasm, when that is not made of the same sources already.
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { digest } from './ready/stamp.mjs'

const compiled = path.join('dist', 'kernel.wasm')
const stamp = path.join('dist', 'kernel.sources')
export const kernelFiles = [compiled, stamp]

const flags = ['--outFile', compiled, '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--enable', 'bulk-memory', '--use', 'abort=']

const sourcesDigest = async (version) => {
  const files = (await readdir('kernel', { recursive: true })).filter((file) => file.endsWith('.ts')).sort()
  const texts = await Promise.all(files.map((file) => readFile(path.join('kernel', file), 'utf8')))
  return digest(version, ...flags, ...files.flatMap((file, at) => [file, '\0', texts[at], '\0']))
}

const isMadeOf = async (sources) => existsSync(compiled) && existsSync(stamp) && await readFile(stamp, 'utf8') === sources

export const buildKernel = async () => {
  const { devDependencies } = JSON.parse(await readFile(path.join(import.meta.dirname, '..', 'package.json'), 'utf8'))
  const sources = await sourcesDigest(devDependencies.assemblyscript)
  if (await isMadeOf(sources)) return
  // Loaded only when it is needed: the compiler takes longer to load than most projects take to build.
  const asc = await import('assemblyscript/asc')
  // What is written halfway must never pass for made of the sources that were built before.
  await rm(stamp, { force: true })
  const { error, stderr } = await asc.main([path.join('kernel', 'index.ts'), ...flags])
  if (error) throw new Error(`The kernel does not compile:\n${stderr.toString()}`)
  await mkdir('dist', { recursive: true })
  await writeFile(`${stamp}.new`, sources)
  await rename(`${stamp}.new`, stamp)
}
