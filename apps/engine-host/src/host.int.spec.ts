import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import path from 'node:path'
import { Problem } from '@tenantry/contracts'
import { encodeFrame, monotonicMs, wireVersion } from '@tenantry/engines-contract'
import { connectEngineHost } from '@tenantry/engines-host'
import { type MachineClock, startMachineClock } from '@tenantry/testing'
import { socketPathOf } from './places.js'
import { Bench, HostProcess, alive, endless, newFolder, newTarget, until } from './testing/host-process.js'

const soon = () => AbortSignal.timeout(20_000)
const code = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason)
  return error instanceof Problem ? error.code : `no problem: ${String(error)}`
}

/** Sends raw bytes and tells whether the other side hung up. */
const hangsUp = (socketPath: string, ...bytes: readonly Buffer[]): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(socketPath, () => bytes.forEach((one) => socket.write(one)))
  const kept = setTimeout(() => {
    socket.destroy()
    resolve(false)
  }, 10_000)
  socket.on('error', () => undefined)
  socket.on('close', () => {
    clearTimeout(kept)
    resolve(true)
  })
  socket.resume()
})

/** Children of a host work in a folder of their own in its folder. */
const childrenIn = (folder: string): readonly number[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) && alive(pid)
  } catch {
    return false
  }
})

const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
  })
})

describe('an engine host', () => {
  let bench: Bench
  let clock: MachineClock
  beforeAll(async () => { clock = await startMachineClock() })
  afterAll(() => clock.stop())
  let adminPort: number
  beforeAll(async () => {
    adminPort = await freePort()
    bench = await Bench.start({ ADMIN_PORT: String(adminPort), ENGINE_LISTEN: '127.0.0.1:0', ENGINE_SECRET: 'a-secret-of-many-words' })
  })
  afterAll(() => bench.close())

  it('keeps a database in a folder of its own that only its user may enter', async () => {
    const target = await bench.database('create table t(a)')
    const folder = path.join(bench.folder, 'tenants', target.databaseId, '1')
    expect(readdirSync(folder)).toContain('main.db')
    for (const one of [folder, path.dirname(folder), path.dirname(bench.host.socketPath)]) expect(statSync(one).mode & 0o077).toBe(0)
  })

  it('lists what is on disk, page by page', async () => {
    const made = [await bench.database(), await bench.database(), await bench.database()]
    await bench.client.engine('sqlite').lifecycle.remove(made[0] ?? newTarget(), soon())
    const seen = new Map<string, string>()
    for (let after = ''; ;) {
      const page = await bench.client.list(after, 2)
      if (page.length === 0) break
      for (const { databaseId, observed } of page) seen.set(databaseId, observed)
      after = page.at(-1)?.databaseId ?? ''
    }
    expect(made.map(({ databaseId }) => seen.get(databaseId))).toEqual(['removed', 'running', 'running'])
  })

  it('refuses a second host over the same data in one sentence', async () => {
    await expect(HostProcess.start(bench.folder)).rejects.toMatchObject({ message: expect.stringMatching(/^Another engine host already serves .*engine\.sock; stop it first or choose another DATA_DIR\.$/) })
    expect(bench.client.ready()).toBe(true)
  })

  it('ends a connection that does not speak the protocol, and no other', async () => {
    const target = await bench.database()
    const hello = encodeFrame({ type: 'hello', version: wireVersion })
    const folder = path.dirname(bench.host.socketPath)
    const childSockets = readdirSync(folder).filter((name) => /^child-\d+\.sock$/.test(name)).map((name) => path.join(folder, name))
    const childSocket = childSockets[0] ?? ''
    for (const bytes of [
      [Buffer.from('GET / HTTP/1.1\r\n\r\n')], [Buffer.alloc(64, 255)], [encodeFrame({ type: 'where' })], [encodeFrame({ type: 'hello', version: 0 })],
      [hello, encodeFrame({ type: 'where', id: 1 })], [hello, encodeFrame({ type: 'erase', id: 1 })],
      [hello, encodeFrame({ type: 'observe', id: 1, database: '../../etc', generation: 1, engine: 'sqlite', storageBytes: 1 })],
    ]) expect(await hangsUp(bench.host.socketPath, ...bytes)).toBe(true)
    for (const bytes of [[Buffer.alloc(64, 255)], [encodeFrame({ type: 'run', id: 1 })], [encodeFrame({ type: 'hello', client: 'x' })], [encodeFrame({ type: 'hello', client: 2 ** 32 })]]) {
      expect(await hangsUp(childSocket, ...bytes)).toBe(true)
    }
    const { databaseId, generation, engine } = target
    const run = { type: 'run', database: databaseId, generation, engine, storageBytes: 1_000_000, access: 'read', deadline: monotonicMs() + 5_000, answerBytes: 1_000, answerRows: 10 }
    const children = bench.host.children()
    for (const socket of childSockets) {
      for (const id of [0, 1.5, 2 ** 32, 2 ** 53]) expect(await hangsUp(socket, encodeFrame({ type: 'hello', client: 77 }), encodeFrame({ ...run, id }, 'select 1'))).toBe(true)
    }
    expect(bench.host.children()).toEqual(children)
    expect(await bench.rows(target, 'select 1')).toEqual([[1]])
  })

  it('serves other machines that show the secret, statements included', async () => {
    const target = await bench.database('create table t(a)', 'insert into t values (1)')
    const far = connectEngineHost({ host: '127.0.0.1', port: bench.host.port ?? 0, secret: 'a-secret-of-many-words' })
    const { sql, lifecycle } = far.engine('sqlite')
    const limits = { seconds: 5, answerBytes: 10_000_000, answerRows: 1_000_000 }
    const ask = (text: string, seconds = 5) => sql?.run(target, { text, access: 'write', limits: { ...limits, seconds } }, soon()) ?? Promise.reject(new Error('no SQL'))
    expect(await lifecycle.observe(target, soon())).toBe('running')
    expect((await ask('select a from t')).data.toString()).toBe('[[1]]')
    expect(await code(ask('selec'))).toBe('EngineRejectedQuery')
    expect((await ask('with recursive n(x) as (select 1 union all select x + 1 from n limit 500000) select x from n')).rows).toBe(500_000)
    expect(await code(ask(endless, 1))).toBe('QueryTimeout')
    const cancel = new AbortController()
    const running = sql?.run(target, { text: endless, access: 'read', limits }, cancel.signal)
    await until(() => bench.host.busy(), 'the statement runs')
    cancel.abort()
    expect(await code(running ?? Promise.resolve())).toBe('QueryCancelled')
    await until(() => !bench.host.busy(0), 'the engine is free', 1_000, clock)
    far.close()
  })

  it('refuses other machines that do not', async () => {
    const stranger = connectEngineHost({ host: '127.0.0.1', port: bench.host.port ?? 0, secret: 'another-secret-of-words' })
    expect(await code(stranger.list('', 1))).toBe('EngineUnavailable')
    stranger.close()
  })

  it('keeps strangers on its port briefly, few of them, and none that says more than a greeting', async () => {
    const port = bench.host.port ?? 0
    const hold = (...bytes: readonly Buffer[]) => {
      const stranger = { socket: connect(port, '127.0.0.1', () => bytes.forEach((one) => stranger.socket.write(one))), open: true }
      stranger.socket.on('error', () => undefined).on('close', () => { stranger.open = false }).resume()
      return stranger
    }
    const talkative = hold(encodeFrame({ type: 'hello', version: wireVersion, secret: 'x'.repeat(5_000) }).subarray(0, 4_500))
    await until(() => !talkative.open, 'the talkative one is cut off', 1_000, clock)
    const strangers = Array.from({ length: 100 }, () => hold())
    await until(() => strangers.filter(({ open }) => open).length <= 64, 'the excess is cut off', 1_000, clock)
    expect(await bench.client.list('', 1)).toHaveLength(1)
    await until(() => strangers.every(({ open }) => !open), 'all are cut off', 4_000, clock)
    const far = connectEngineHost({ host: '127.0.0.1', port, secret: 'a-secret-of-many-words' })
    expect(await far.list('', 1)).toHaveLength(1)
    far.close()
  })

  it('gives its children nothing of its environment', () => {
    for (const pid of bench.host.children()) {
      const environment = execFileSync('cat', [`/proc/${pid}/environ`]).toString()
      expect(environment).not.toContain('SECRET')
      expect(environment).not.toContain('a-secret')
    }
  })

  it('tells an operator whether it is ready and what it does', async () => {
    const get = async (what: string) => {
      const answer = await fetch(`http://127.0.0.1:${adminPort}/${what}`)
      return { status: answer.status, text: await answer.text() }
    }
    expect(await get('readyz')).toMatchObject({ status: 200, text: expect.stringContaining('"children":"ok"') })
    expect((await get('metrics')).text).toMatch(/^engine_children \d+$/m)
  })
})

describe('the life of an engine host', () => {
  it('begins again over a socket that a dead host left behind', async () => {
    const folder = newFolder('stale')
    const host = await HostProcess.start(folder)
    await host.end('SIGKILL')
    expect(existsSync(host.socketPath)).toBe(true)
    const again = await HostProcess.start(folder)
    expect(await again.end()).toBe(0)
    rmSync(folder, { recursive: true, force: true })
  })

  it('serves data in a folder whose path is too long for a socket', async () => {
    const folder = path.join(newFolder('long'), 'x'.repeat(90), 'y'.repeat(90))
    mkdirSync(folder, { recursive: true })
    const host = await HostProcess.start(folder)
    expect(host.socketPath).toBe(socketPathOf(folder))
    expect(Buffer.byteLength(host.socketPath)).toBeLessThan(100)
    const client = connectEngineHost({ socketPath: host.socketPath })
    const target = newTarget()
    await client.engine('sqlite').lifecycle.ensure(target, soon())
    expect(existsSync(path.join(folder, 'tenants', target.databaseId, '1', 'main.db'))).toBe(true)
    client.close()
    await host.end()
    rmSync(path.dirname(host.socketPath), { recursive: true, force: true })
    rmSync(path.dirname(path.dirname(folder)), { recursive: true, force: true })
  })

  it('waits at its start for children that a busy machine keeps from starting, longer than a statement would', async () => {
    const folder = newFolder('slow')
    const [began, stopped] = [performance.now(), new Set<number>()]
    const starting = HostProcess.start(folder)
    const isStopped = (): boolean => {
      for (const pid of childrenIn(folder)) if (!stopped.has(pid) && process.kill(pid, 'SIGSTOP')) stopped.add(pid)
      return stopped.size > 0 && performance.now() - began > 6_000
    }
    await until(isStopped, 'its children were stopped for long')
    for (const pid of stopped) if (alive(pid)) process.kill(pid, 'SIGCONT')
    const host = await starting
    expect(await host.end()).toBe(0)
    rmSync(folder, { recursive: true, force: true })
  })

  it('drains at SIGTERM: what runs is answered, what is new is refused, and nothing is left', async () => {
    const bench = await Bench.start()
    const target = await bench.database('create table t(a)')
    const children = bench.host.children()
    const running = bench.run(target, 'insert into t with recursive n(x) as (select 1 union all select x + 1 from n where x < 1500000) select x % 10 from n where x % 100000 = 0')
    await until(() => bench.host.busy(), 'the statement runs')
    const ended = bench.host.end()
    expect((await running).rows).toBe(15)
    expect(await ended).toBe(0)
    expect(children.filter(alive)).toEqual([])
    expect(readdirSync(path.join(bench.folder, 'tenants', target.databaseId, '1'))).toEqual(['main.db'])
    expect(await code(bench.run(target, 'select 1'))).toBe('EngineUnavailable')
    await bench.close()
  })

  it('ends with its parent', async () => {
    const bench = await Bench.start()
    const children = bench.host.children()
    bench.host.process.disconnect()
    await until(() => ![bench.host.pid, ...children].some(alive), 'the host and its children end')
    await bench.close()
  })

  it('refuses a wrong configuration in one go', async () => {
    await expect(HostProcess.start(newFolder('wrong'), { ENGINE_CHILDREN_MAX: '0', ENGINE_LISTEN: 'nowhere' })).rejects.toThrow(/ENGINE_LISTEN[\s\S]*ENGINE_CHILDREN_MAX|ENGINE_CHILDREN_MAX[\s\S]*ENGINE_LISTEN/)
  })

  it('does not take a socket that another program listens on', async () => {
    const folder = newFolder('foreign')
    const socketPath = path.join(folder, 'mine.sock')
    const server = createServer().listen(socketPath)
    await until(() => existsSync(socketPath), 'the socket')
    await expect(HostProcess.start(folder, { ENGINE_SOCKET: socketPath })).rejects.toThrow(/already serves/)
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
})
