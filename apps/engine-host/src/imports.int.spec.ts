import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '@tenantry/contracts'
import { BitmapDatabase } from '@tenantry/engines-bitmap'
import type { Engine, QueryParameter, Target } from '@tenantry/engines-contract'
import { connectEngineHost } from '@tenantry/engines-host'
import { Bench, newTarget, until } from './testing/host-process.js'

const isLong = process.env['TEST_LONG'] === '1'
const kills = isLong ? 300 : 6
const secret = 'a-secret-of-many-words'
const limits = { seconds: 30, answerBytes: 10_000_000, answerRows: 100_000 }
const schema = { indexes: [{ name: 't', fields: [{ name: 's', options: { type: 'set', keys: true } }, { name: 'n', options: { type: 'int' } }, { name: 'm', options: { type: 'mutex', keys: true } }] }] }

type Ports = Pick<Engine, 'pql' | 'schema' | 'import'>

const say = async (ports: Ports, language: keyof Ports, target: Target, ask: { readonly text?: string; readonly params?: readonly QueryParameter[]; readonly bytes?: Buffer }): Promise<unknown> => {
  const port = ports[language]
  if (!port) throw new Error(`no ${language}`)
  return JSON.parse((await port.run(target, { text: '', access: 'write', limits, ...ask }, AbortSignal.timeout(60_000))).data.toString())
}

/** One import, piece by piece. */
class Import {
  private readonly name = randomUUID()
  private next = 0

  constructor(private readonly ports: Ports, private readonly target: Target) {}

  begin(): Promise<unknown> {
    return this.say(['begin', this.name, JSON.stringify({ table: 't', format: 'csv', header: true, onError: 'abort' })])
  }

  async rows(bytes: Buffer): Promise<void> {
    for (let given = bytes, left = true; left; given = Buffer.alloc(0)) left = (await this.say(['rows', this.name, this.next++], given) as { readonly left?: boolean }).left === true
  }

  end(): Promise<unknown> {
    return this.say(['end', this.name])
  }

  abort(): Promise<unknown> {
    return this.say(['abort', this.name])
  }

  private say(params: readonly QueryParameter[], bytes?: Buffer): Promise<unknown> {
    return say(this.ports, 'import', this.target, { params, ...(bytes && { bytes }) })
  }
}

const linesOf = (from: number, count: number): Buffer => Buffer.from(`_id,s,n,m\n${Array.from({ length: count }, (_, at) => `${from + at},wörd${at % 50},${at},m${at % 7}\n`).join('')}`)

const piecesOf = (bytes: Buffer, pieceBytes: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) => bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes))

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason)
  return error instanceof Problem ? error.code : `no problem: ${String(error)}`
}

const rowsEach = 20_000

describe('an import at an engine host', () => {
  let bench: Bench
  let ports: Ports
  let target: Target
  beforeAll(async () => {
    bench = await Bench.start({ ENGINE_LISTEN: '127.0.0.1:0', ENGINE_SECRET: secret })
    ports = bench.client.engine('bitmap')
  })
  beforeEach(async () => {
    target = { ...newTarget(500_000_000), engine: 'bitmap' }
    await bench.client.engine('bitmap').lifecycle.ensure(target, AbortSignal.timeout(10_000))
    await say(ports, 'schema', target, { text: JSON.stringify(schema) })
  })
  afterAll(() => bench.close())

  const counted = async (): Promise<number> => Number((await say(ports, 'pql', target, { text: '[t]Count(All())' }) as readonly unknown[])[0])
  const whole = async (through: Ports, from: number, pieceBytes: number, about?: () => void): Promise<unknown> => {
    const importing = new Import(through, target)
    await importing.begin()
    for (const piece of piecesOf(linesOf(from, rowsEach), pieceBytes)) {
      about?.()
      await importing.rows(piece)
    }
    return await importing.end()
  }

  it('says the same from another machine, through the host, whatever it is cut into', async () => {
    const far = connectEngineHost({ host: '127.0.0.1', port: bench.host.port ?? 0, secret })
    const report = { imported: rowsEach, rejected: 0, errors: [] }
    expect([await whole(far.engine('bitmap'), 0, 4_999), await whole(ports, rowsEach, 250_000)]).toEqual([report, report])
    expect(await say(ports, 'pql', target, { text: '[t]Count(All()) Count(Row(s="wörd7"))' })).toEqual([2 * rowsEach, 2 * rowsEach / 50])
    far.close()
  })

  it('leaves turns for the other databases, also for those of its child', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => bench.database('create table t(a)')))
    let going = true
    const answered = others.map(async (other) => {
      for (let count = 0; ; count += 1) {
        if (!going) return count
        await bench.run(other, 'select 1')
      }
    })
    for (let round = 0; round < 5; round += 1) await whole(ports, round * rowsEach, 100_000)
    going = false
    // An import of a hundred thousand rows has far more turns than this.
    for (const count of await Promise.all(answered)) expect(count).toBeGreaterThan(10)
  }, 60_000)

  it('ends at once when the connection does that it comes by, through the host or not, and never with that of another', async () => {
    const near = connectEngineHost({ socketPath: bench.host.socketPath })
    const far = connectEngineHost({ host: '127.0.0.1', port: bench.host.port ?? 0, secret })
    for (const client of [near, far]) {
      const importing = new Import(client.engine('bitmap'), target)
      await importing.begin()
      await importing.rows(linesOf(0, rowsEach))
      // Whoever asks for another meanwhile is refused, and may go.
      const bystander = connectEngineHost({ socketPath: bench.host.socketPath })
      const another = new Import(bystander.engine('bitmap'), target)
      expect([await codeOf(another.begin()), await another.abort()]).toEqual(['TooManyQueries', {}])
      bystander.close()
      // A turn later than the one in which the child hears of it.
      for (let turn = 0; turn < 5; turn += 1) await importing.rows(Buffer.from('1,last,1,m\n'))
      expect(await codeOf(say(ports, 'pql', target, { text: '[t]Set(1, n=1)' }))).toBe('EngineUnavailable')
      client.close()
      // Long before the silence of it is noticed.
      await until(() => say(ports, 'pql', target, { text: '[t]Clear(1, n=1)' }).then(() => true, () => false), 'a write is taken', 10_000)
      expect([await codeOf(importing.end()), await counted()]).toEqual(['EngineUnavailable', 0])
    }
    expect(await whole(ports, 0, 100_000)).toMatchObject({ imported: rowsEach })
  }, 60_000)

  it('is not ended when its child, which keeps much memory, would be replaced at rest; once it has ended, the child is', async () => {
    const small = await Bench.start({ ENGINE_CHILDREN_WARM: '1', ENGINE_CHILD_MEMORY_MB: '16' })
    const engine = small.client.engine('bitmap')
    const full: Target = { ...newTarget(500_000_000), engine: 'bitmap' }
    await engine.lifecycle.ensure(full, AbortSignal.timeout(10_000))
    await say(engine, 'schema', full, { text: JSON.stringify(schema) })
    const importing = new Import(engine, full)
    await importing.begin()
    for (const piece of piecesOf(linesOf(0, 5 * rowsEach), 100_000)) await importing.rows(piece)
    const children = small.host.children()
    const gone = (): readonly number[] => children.filter((pid) => !small.host.children().includes(pid))
    // Long enough for the host to look at its children twenty times.
    await delay(1_000)
    expect(gone()).toEqual([])
    await importing.rows(Buffer.from(`${5 * rowsEach},last,1,m\n`))
    expect(await importing.end()).toMatchObject({ imported: 5 * rowsEach + 1 })
    // Another may have been started to take its place already.
    await until(() => gone().length > 0, 'the child is replaced', 30_000)
    expect(await say(engine, 'pql', full, { text: '[t]Count(All())' })).toEqual([5 * rowsEach + 1])
    await small.close()
  }, 60_000)

  it('ends with nothing kept when the database is stopped under it', async () => {
    const importing = new Import(ports, target)
    await importing.begin()
    await importing.rows(linesOf(0, rowsEach))
    const { lifecycle } = bench.client.engine('bitmap')
    await lifecycle.stop(target, AbortSignal.timeout(10_000))
    await lifecycle.start(target, AbortSignal.timeout(10_000))
    expect([await codeOf(importing.rows(linesOf(rowsEach, 1))), await codeOf(importing.end()), await counted()]).toEqual(['EngineUnavailable', 'EngineUnavailable', 0])
  })

  it(`is there as a whole or not at all when its child is killed at any moment (${kills} kills)`, async () => {
    let sure = 0
    let struck = 0
    for (let round = 0; struck < kills && round < kills * 5; round += 1) {
      const from = round * rowsEach
      let kept = false
      // Across the whole of an import, its end among it: most of one is a few tenths of a second.
      const blow = delay(round * 37 % 260).then(() => { if (!kept) for (const pid of bench.host.children()) process.kill(pid, 'SIGKILL') })
      const answer: unknown = await whole(ports, from, 30_000).then(() => { kept = true }, (error: unknown) => error)
      await blow
      if (answer instanceof Problem) struck += 1
      expect(answer === undefined || answer instanceof Problem && answer.code === 'EngineUnavailable').toBe(true)
      const count = await counted()
      // An import that was answered is there. One that was not is there only when the blow fell on its last turn.
      expect(kept ? [sure + rowsEach] : [sure, sure + rowsEach]).toContain(count)
      sure = count
    }
    expect(struck).toBe(kills)
    const { lifecycle } = bench.client.engine('bitmap')
    await lifecycle.stop(target, AbortSignal.timeout(10_000))
    const file = readdirSync(bench.folder, { recursive: true, encoding: 'utf8' }).find((name) => name.includes(target.databaseId) && name.endsWith('main.db')) ?? ''
    const database = new BitmapDatabase(path.join(bench.folder, path.dirname(file)))
    expect(database.differences()).toEqual([])
    database.close()
  }, isLong ? 1_200_000 : 90_000)
})
