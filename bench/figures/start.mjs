import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { readyLine, startProgram, temporaryFolder } from '../program.mjs'
import { figure } from '../table.mjs'

/** From `git clone` to the ready line with npm's cache as it is, and then a second start of the same clone. */
export const start = async ({ root, closing }) => {
  const clone = path.join(await temporaryFolder(closing), 'clone')
  const began = performance.now()
  const { status, stderr } = spawnSync('git', ['clone', '--quiet', root, clone], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The repository could not be cloned: ${stderr}`)
  const npmStart = () => startProgram({ command: 'npm', args: ['start'], cwd: clone, env: { PORT: '0' }, line: readyLine, closing })
  const first = await npmStart()
  const freshSeconds = (performance.now() - began) / 1_000
  await first.stop()
  const again = await npmStart()
  await again.stop()
  return [figure('fresh clone to ready', freshSeconds, 's', { most: 60 }), figure('second start to ready', again.readySeconds, 's', { most: 3 })]
}
