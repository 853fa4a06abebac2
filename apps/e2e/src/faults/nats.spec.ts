import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { type MachineClock, startMachineClock } from '@tenantry/testing'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../story/until.js'
import { type Makers, startMakers } from './makers.js'
import { settled } from './nemesis.js'
import { type OneWayRoad, oneWayRoadTo } from './one-way-road.js'
import { isLong, randomFrom, seedOf } from './random.js'
import { type SeparateTarget, endTargets, startSeparate } from './target.js'

const seed = seedOf(20_263)
const creates = isLong ? 500 : 120
const awayMs = isLong ? 60_000 : 4_000
/** Ten are promised once NATS is back, by the machine's own clock; the rest is for its memory and its disk. */
const convergeSeconds = 20

let clock: MachineClock
beforeAll(async () => { clock = await startMachineClock() })
afterAll(() => clock.stop())

let target: SeparateTarget
let makers: Makers
let road: OneWayRoad

beforeAll(async () => {
  target = await startSeparate(randomFrom(seed), {
    wayToNats: async (url) => {
      road = await oneWayRoadTo(Number(new URL(url).port))
      return Object.assign(new URL(url), { port: String(road.port) }).href
    },
  })
  makers = await startMakers(target.url, seed)
}, 120_000)
afterAll(endTargets, 30_000)

const manage = async (work: (manager: JetStreamManager) => Promise<void>): Promise<void> => {
  const { nats, token } = target.services.servers
  const connection = await connect({ servers: nats, token, reconnect: false, timeout: 5_000 })
  try {
    await work(await jetstreamManager(connection, { timeout: 5_000 }))
  } finally {
    await connection.close()
  }
}

const deleteStreams = (): Promise<void> => manage(async (manager) => {
  for (const stream of ['CONTROL', 'PROVISIONER', 'IDENTITY']) await manager.streams.delete(stream)
})

const converged = async (what: string): Promise<void> => {
  await until(`everything rests ${what}`, async () => {
    const [row] = await target.records<{ count: number }>('control_plane', `SELECT count(*)::int AS count FROM databases WHERE state NOT IN ('RUNNING', 'DELETED')`)
    return row?.count === 0
  }, convergeSeconds, clock)
  await settled(target, makers, `seed ${seed}, ${what}`)
}

/** Makes databases, and breaks something once a third of them is promised. */
const whileMaking = async (count: number, fault: () => Promise<unknown>): Promise<void> => {
  const before = makers.promised()
  const making = makers.make(count)
  await until('some are promised', () => Promise.resolve(makers.promised() >= before + count / 3), 60)
  await fault()
  await making
  expect(makers.promised()).toBe(before + count)
}

it(`loses nothing when all streams are deleted while ${creates} databases are made`, async () => {
  await whileMaking(creates, deleteStreams)
  await converged('after the streams were deleted')
}, 180_000)

it('promises databases while NATS is away, and makes them when it is back', async () => {
  await whileMaking(creates / 2, async () => {
    await target.services.order('stop', 'nats')
    await delay(awayMs)
  })
  await target.services.order('start', 'nats')
  await converged('after NATS was away')
}, 240_000)

it('loses nothing with the whole store of NATS', async () => {
  await whileMaking(creates / 2, () => target.services.order('wipe', 'nats'))
  await converged('after the store was wiped')
}, 180_000)

it('makes its consumers again when somebody deletes them', async () => {
  await whileMaking(creates / 2, () => manage(async (manager) => {
    for (const stream of ['CONTROL', 'PROVISIONER', 'IDENTITY']) {
      for await (const { name } of manager.consumers.list(stream)) await manager.consumers.delete(stream, name)
    }
  }))
  await converged('after the consumers were deleted')
}, 180_000)

it('doubles nothing when events arrive and the word of it is lost', async () => {
  await whileMaking(creates / 2, async () => {
    road.swallowAnswers()
    await delay(awayMs / 2)
    road.mend()
  })
  await converged('after acknowledgements were lost')
}, 180_000)
