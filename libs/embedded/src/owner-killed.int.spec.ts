import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { commandLineOf, processesIn } from './process-table.js'
import { waitFor } from './wait.js'

const library = pathToFileURL(path.resolve(import.meta.dirname, '../dist/index.js')).href

const owner = (folder: string): string => `import { startNats, startPostgres } from ${JSON.stringify(library)}
  const servers = await Promise.all([
    startPostgres({ dataDir: ${JSON.stringify(path.join(folder, 'pg'))}, password: 'x', durable: false }),
    startNats({ storeDir: ${JSON.stringify(path.join(folder, 'nats'))}, token: 'x' }),
  ])
  console.log(JSON.stringify(servers.map((server) => server.pid)))
  setInterval(() => undefined, 1_000)`

it('takes both servers and all their workers along when the owner is killed', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-embedded-'))
  const main = spawn(process.execPath, ['--input-type=module', '-e', owner(folder)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface({ input: main.stdout }), 'line') as [string]
  const pids = JSON.parse(line) as number[]
  const workers = await processesIn(path.join(folder, 'pg')).finally(() => main.kill('SIGKILL'))
  expect(workers.length).toBeGreaterThan(1)

  const living = async (): Promise<number> =>
    (await Promise.all([...pids, ...workers].map(commandLineOf))).filter(Boolean).length
  expect(await waitFor(async () => await living() === 0 ? 'none' : undefined, 10)).toBe('none')
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})
