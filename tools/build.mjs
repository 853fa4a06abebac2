// Compiles the project in the working directory from src/*.ts to dist/*.js with SWC. Types are checked apart, by tsc.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { transformFile } from '@swc/core'
import { swcOptions } from './swc.mjs'

const isTest = (file) => /\.(spec|int\.spec)\.ts$/.test(file)

await rm('dist', { recursive: true, force: true })
const files = await readdir('src', { recursive: true })
for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !isTest(name))) {
  const { code, map } = await transformFile(path.join('src', file), swcOptions)
  const out = path.join('dist', file.replace(/\.ts$/, '.js'))
  await mkdir(path.dirname(out), { recursive: true })
  await writeFile(out, `${code}\n//# sourceMappingURL=${path.basename(out)}.map\n`)
  await writeFile(`${out}.map`, map)
}
