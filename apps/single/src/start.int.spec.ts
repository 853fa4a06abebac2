import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const program = (file: string): string => JSON.stringify(new URL(`../dist/${file}`, import.meta.url).href)

// A migration fails at once, and what was noted for the clean-up is told at the moment at which the start gives up.
const script = `
const { start } = await import(${program('start.js')})
const { Closing } = await import(${program('closing.js')})
const { parseSingleConfig } = await import(${program('config.js')})
const { createLogger } = await import('@tenantry/service')
const closing = new Closing()
const noted = []
const add = closing.add.bind(closing)
closing.add = (name, close) => { noted.push(name); add(name, close) }
const fails = { name: 'identity', check: () => undefined, checkSchema: () => undefined, migrate: () => Promise.reject(new Error('the migration failed')), create: () => undefined }
const how = { env: {}, config: parseSingleConfig(process.env), plans: [fails], logger: createLogger('test', 'silent'), closing, children: new Set(), signal: new AbortController().signal, print: () => undefined }
const reason = await start(how).then(() => 'none', (error) => error.message)
const before = [...noted]
await closing.closeAll()
console.log(JSON.stringify({ reason, before }))
`

it('waits for the engine host when a migration fails, so that the clean-up finds it', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tenantry-single-'))
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname, timeout: 50_000, env: { ...process.env, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent', NODE_OPTIONS: '' },
    })
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({ reason: 'the migration failed', before: expect.arrayContaining(['postgres', 'nats', 'engine host']) })
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}, 60_000)
