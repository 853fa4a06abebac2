import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type TestDatabase, type TestNats, testDatabase, testNats, until } from '@tenantry/testing'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const key = (fill: number): string => Buffer.alloc(32, fill).toString('base64url')

let database: TestDatabase
let nats: TestNats

/** Starts identity as a process of its own; what it prints is kept. */
const start = (changes: Record<string, string>, ...rest: string[]): { child: ChildProcess; said: () => string; ended: Promise<unknown[]> } => {
  const child = spawn(process.execPath, [main, ...rest], {
    env: {
      DATABASE_URL: database.url, NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: 'https://db.example.com', IDENTITY_URL: 'http://127.0.0.1:1',
      CONTROL_PLANE_URL: 'http://127.0.0.1:1', INTERNAL_TOKEN: 'an-internal-token-for-tests', SEALING_KEY: key(1), PEPPER: key(2), BCRYPT_COST: '4', PORT: '0', ...changes,
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said += chunk.toString() })
  return { child, said: () => said, ended: once(child, 'exit') }
}

beforeAll(async () => {
  database = await testDatabase('identity')
  nats = await testNats()
})

afterAll(async () => {
  await nats.stop()
  await database.drop()
})

describe('identity as a process of its own', () => {
  it('refuses a schema that is not there yet, in one sentence', async () => {
    const { said, ended } = start({})
    expect(await ended).toEqual([78, null])
    expect(said().trim()).toMatch(/^The schema identity is older than this program[^\n]*$/)
  }, 20_000)

  it('refuses a wrong configuration, naming what is wrong and no secret', async () => {
    const { said, ended } = start({ PEPPER: 'c2hvcnQ', SIGNUP: 'maybe' })
    expect(await ended).toEqual([78, null])
    expect(said()).toMatch(/PEPPER: must hold at least 32 bytes/)
    expect(said()).toMatch(/SIGNUP/)
    expect(said()).not.toMatch(/c2hvcnQ/)
  }, 20_000)

  it('migrates, serves, and ends by itself when it is told to', async () => {
    expect(await start({}, 'migrate').ended).toEqual([0, null])
    const running = start({})
    const port = await until('it listens', () => /"port":(\d+)/.exec(running.said())?.[1])
    const answer = await fetch(`http://127.0.0.1:${port}/id/signup`, {
      method: 'POST', body: JSON.stringify({ email: 'ann@example.com', password: 'correct horse', firstname: 'Ann', lastname: 'Example' }),
    })
    expect(answer.status).toBe(201)
    running.child.kill('SIGTERM')
    expect(await running.ended).toEqual([0, null])
    expect(running.said()).not.toMatch(/correct horse|Bearer|"level":"error"/)
  }, 30_000)

  it('never makes a new signing key because it was started with another sealing key', async () => {
    const { said, ended } = start({ SEALING_KEY: key(9) })
    expect(await ended).toEqual([78, null])
    expect(said()).toMatch(/sealed with another sealing key/)
  }, 20_000)

  it('refuses another pepper, under which nobody could log in any more', async () => {
    const { said, ended } = start({ PEPPER: key(9) })
    expect(await ended).toEqual([78, null])
    expect(said()).toMatch(/kept with another pepper/)
  }, 20_000)
})
