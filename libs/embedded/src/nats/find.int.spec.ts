import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { checkNats } from './check.js'

const run = promisify(execFile)
const library = pathToFileURL(path.resolve(import.meta.dirname, '../../dist/index.js')).href
let folder: string

const findWith = async (script: string | undefined): Promise<string> => {
  if (script !== undefined) {
    await writeFile(path.join(folder, 'nats-server'), `#!/bin/sh\n${script}\n`)
    await chmod(path.join(folder, 'nats-server'), 0o755)
  }
  const code = `import { findNats } from ${JSON.stringify(library)}
    console.log(await findNats({ skipPackage: true }).catch((error) => error.name + ': ' + error.message))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { env: { PATH: folder }, timeout: 20_000 })
  return stdout.trim()
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-embedded-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

it('takes a new enough nats-server from PATH', async () => {
  expect(await findWith('echo "nats-server: v2.12.4"')).toBe('nats-server')
})

it('refuses an old nats-server on PATH in one sentence that names both versions', async () => {
  expect(await findWith('echo "nats-server: v2.9.10"')).toMatch(/^CannotStart: The nats-server on PATH is NATS 2\.9\.10, .* needs 2\.12\.4 or later/)
})

it('says so when there is no nats-server at all', async () => {
  expect(await findWith(undefined)).toMatch(/^CannotStart: There is no nats-server here/)
})

it('refuses an old server behind a url, and one that does not answer', async () => {
  const old = createServer((socket) => socket.write('INFO {"version":"2.10.7","jetstream":true}\r\n')).listen(0, '127.0.0.1')
  await once(old, 'listening')
  const address = old.address()
  const url = `nats://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  await expect(checkNats(url)).rejects.toThrow(/is NATS 2\.10\.7, .* needs 2\.12\.4/)
  old.close()
  await once(old, 'close')
  await expect(checkNats(url)).rejects.toThrow('No NATS server answers')
})
