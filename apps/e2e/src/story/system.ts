import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Single, killStarted, nobodyIsLeft, startSingle } from '../start/single.process.js'

export const apps = path.resolve(import.meta.dirname, '../../..')

export interface System {
  readonly url: string
  readonly folder: string
  readonly dataDir: string
  readonly single: Single
  output(): string
}

/** Starts the program behind `npm start` on a folder of its own, or on one that an earlier one has left. */
export const startSystem = async (env: Readonly<Record<string, string>> = {}, folder?: string): Promise<System> => {
  const home = folder ?? await mkdtemp(path.join(tmpdir(), 'tenantry-story-'))
  const dataDir = path.join(home, 'data')
  const single = startSingle({ DATA_DIR: dataDir, ...env }, path.join(apps, 'single/dist/main.js'))
  return { url: await single.ready, folder: home, dataDir, single, output: () => single.output() }
}

/** Ends a system as an operator would, and sees that it goes in peace. */
export const stopSystem = async (system: System | undefined): Promise<void> => {
  if (!system) return
  system.single.process.kill('SIGTERM')
  const { code } = await system.single.ended
  if (code !== 0) throw new Error(`The system ended with ${code}: ${system.output().slice(-2_000)}`)
}

/** Ends what is left of all systems of this test, also after a failure, and removes the folder. */
export const clearUp = async (folder: string | undefined): Promise<void> => {
  await killStarted()
  if (folder === undefined) return
  await nobodyIsLeft(folder)
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
