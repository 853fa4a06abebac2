import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { commandLineOf, processesIn, signalProcess } from './process-table.js'
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

// It holds the command back until its owner is dead: the gap between being started and asking for the signal, made wide.
const slowOwner = (marker: string): string => `import { spawn } from 'node:child_process'
  import { dyingWithUs } from ${JSON.stringify(library)}
  const command = await dyingWithUs(['sleep', ${JSON.stringify(marker)}])
  const late = 'while [ -e /proc/' + process.pid + '/exe ]; do sleep 0.01; done; echo on its way > "$0"; exec "$@"'
  const child = spawn('/bin/sh', ['-c', late, ${JSON.stringify(marker)} + '.begun', ...command], { detached: true, stdio: 'ignore', cwd: process.argv[1] })
  console.log(child.pid)
  setInterval(() => undefined, 1_000)`

it('leaves no server behind whose owner died before the server could ask to die with it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-embedded-'))
  const marker = '86399.25'
  const main = spawn(process.execPath, ['--input-type=module', '-e', slowOwner(marker), folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface({ input: main.stdout }), 'line') as [string]
  main.kill('SIGKILL')
  const pid = Number(line)
  expect(await waitFor(() => access(path.join(folder, `${marker}.begun`)).then(() => true, () => undefined), 10)).toBe(true)
  const gone = await waitFor(async () => await commandLineOf(pid) === undefined ? true : undefined, 5)
  if (!gone) signalProcess(pid, 'SIGKILL')
  expect(gone).toBe(true)
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})
