import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Single, killStarted, nobodyIsLeft, processesOf, startSingle } from '../start/single.process.js'

export const apps = path.resolve(import.meta.dirname, '../../..')

export interface System {
  readonly url: string
  readonly folder: string
  readonly dataDir: string
  readonly single: Single
  output(): string
}

const folders = new Set<string>()

/** A folder that `clearUp` removes, with every process that has to do with it. */
export const makeFolder = async (): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-story-'))
  folders.add(folder)
  return folder
}

/** Starts the program behind `npm start` on a folder of its own, or on one that an earlier one has left. */
export const startSystem = async (env: Readonly<Record<string, string>> = {}, folder?: string): Promise<System> => {
  const home = folder ?? await makeFolder()
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

/** Ends everything that this test has started, also after a failure. Throws when a process outlives the one that started it. */
export const clearUp = async (): Promise<void> => {
  await killStarted()
  for (const folder of folders) {
    try {
      await nobodyIsLeft(folder)
    } finally {
      for (const pid of await processesOf(folder)) process.kill(pid, 'SIGKILL')
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
      folders.delete(folder)
    }
  }
}
