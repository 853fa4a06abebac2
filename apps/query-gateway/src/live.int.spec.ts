import http from 'node:http'
import { type DatabaseId, Problem, type UserId, newId } from '@tenantry/contracts'
import type { Answer } from '@tenantry/engines-contract'
import { until } from '@tenantry/testing'
import { jetstream } from '@nats-io/jetstream'
import { type Gateway, answering, startGateway } from './testing/gateway.js'

let gateway: Gateway
/** What stands in the database, as its engine tells of it. */
let version = 0
let answer = (): Promise<Answer> | Answer => answering(`{"data":{"n":${version}}}`)
const asked: { text: string; access: string }[] = []
const opened: http.ClientRequest[] = []

beforeAll(async () => { gateway = await startGateway({ EVENT_STREAMS_PER_KEY: '3', EVENT_BEAT_SECONDS: '1' }) })
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.said.permissions = ['data:read', 'data:write']
  gateway.said.state = 'RUNNING'
  version = 0
  asked.length = 0
  answer = () => answering(`{"data":{"n":${version}}}`)
  gateway.ports.changes = async () => answering(`"v${version}"`)
  gateway.ports.graphql = async (_target, { text, access }) => { asked.push({ text, access }); return await answer() }
})
afterEach(() => { for (const request of opened.splice(0)) request.destroy() })

interface Stream {
  readonly status: number
  readonly type: string
  /** What has come so far. */
  text(): string
  events(): readonly string[]
  readonly ended: () => boolean
  close(): void
}

const subscription = '{"query":"subscription { n }","variables":{"big":9223372036854775807}}'

const hear = (token: string, { body = subscription, accept = 'text/event-stream', database = newId<DatabaseId>() as string } = {}): Promise<Stream> => new Promise((resolve, reject) => {
  const request = http.request(`${gateway.url}/v2/databases/${database}/query/graphql`, {
    method: 'POST', agent: false, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept, 'content-length': Buffer.byteLength(body) },
  }, (response) => {
    let [text, ended] = ['', false]
    response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
    response.once('close', () => { ended = true })
    resolve({
      status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text: () => text, ended: () => ended, close: () => request.destroy(),
      events: () => text.split('\n\n').filter((event) => event.startsWith('event: ')).map((event) => event.replace(/^event: /, '').replace('\ndata:', '')),
    })
  })
  opened.push(request)
  request.on('error', reject)
  request.end(body)
})

describe('a live query', () => {
  it('is answered at once, and again whenever its answer is another one', async () => {
    const stream = await hear(await gateway.tokenOf())
    expect([stream.status, stream.type]).toEqual([200, 'text/event-stream; charset=utf-8'])
    await until('the first answer is there', async () => stream.events().length === 1)
    for (const next of [1, 2, 3]) {
      version = next
      await until('the next answer is there', async () => stream.events().length === next + 1)
    }
    expect(stream.events()).toEqual([0, 1, 2, 3].map((n) => `next {"data":{"n":${n}}}`))
    expect(stream.ended()).toBe(false)
  })

  it('is asked as a query that may only read, with every digit of its variables', async () => {
    const stream = await hear(await gateway.tokenOf())
    await until('the first answer is there', async () => stream.events().length === 1)
    const [{ text, access } = { text: '', access: '' }] = asked
    expect([access, (JSON.parse(text) as { query: string }).query, text.includes('9223372036854775807')]).toEqual(['read', 'query { n }', true])
  })

  it('is asked again after a change, and sends nothing when its answer stayed as it was', async () => {
    answer = () => answering('{"data":{"n":"same"}}')
    const stream = await hear(await gateway.tokenOf())
    await until('the first answer is there', async () => stream.events().length === 1)
    for (const next of [1, 2]) {
      version = next
      await until('it was asked again', async () => asked.length === next + 1)
    }
    expect(stream.events()).toHaveLength(1)
  })

  it('is not asked again while nothing changes, and says now and then that it lives', async () => {
    const stream = await hear(await gateway.tokenOf())
    await until('it has said so twice', async () => stream.text().split(':\n\n').length > 2)
    expect([asked.length, stream.events().length]).toEqual([1, 1])
  })

  it('sees a change that was made while its first answer was', async () => {
    const under = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    let times = 0
    answer = async () => {
      times += 1
      if (times > 1) return answering('{"data":"after"}')
      begun.resolve()
      await under.promise
      return answering('{"data":"before"}')
    }
    const hearing = hear(await gateway.tokenOf())
    await begun.promise
    version = 1
    under.resolve()
    const stream = await hearing
    await until('both answers are there', async () => stream.events().length === 2)
    expect(stream.events()).toEqual(['next {"data":"before"}', 'next {"data":"after"}'])
  })

  it('goes on after what passes by, and ends with what does not', async () => {
    const [token, database] = [await gateway.tokenOf(), newId<DatabaseId>()]
    const stream = await hear(token, { database })
    await until('the first answer is there', async () => stream.events().length === 1)
    let refused = 0
    answer = () => { refused += 1; throw new Problem('EngineUnavailable', 'away') }
    version = 1
    await until('it was tried twice', async () => refused > 1)
    answer = () => answering('{"data":"again"}')
    await until('it is answered again', async () => stream.events().length === 2)
    answer = () => { throw new Problem('AnswerTooLarge', 'too large') }
    version = 2
    await until('it ends', async () => stream.ended())
    expect(stream.events().slice(1)).toEqual([
      'next {"data":"again"}', 'next {"code":"AnswerTooLarge","message":"too large","errors":[{"message":"too large","extensions":{"code":"AnswerTooLarge"}}],"data":null}', 'complete',
    ])
  })

  it('ends with a document that cannot be run', async () => {
    answer = () => answering('{"data":null,"errors":[{"message":"no such field"}]}')
    const stream = await hear(await gateway.tokenOf())
    await until('it ends', async () => stream.ended())
    expect(stream.events()).toEqual(['next {"data":null,"errors":[{"message":"no such field"}]}', 'complete'])
  })

  it('ends when its caller may not read any more, and when its user is ended', async () => {
    const userId = newId<UserId>()
    const stream = await hear(await gateway.tokenOf(undefined, userId))
    await until('the first answer is there', async () => stream.events().length === 1)
    await until('the stream of identity is there', () => jetstream(gateway.connection).publish('identity.user.epoch-raised', JSON.stringify({ id: newId<string>(), at: new Date().toISOString(), userId, epoch: 1 })))
    await until('it ends', async () => stream.ended())
    expect(stream.events().at(-2)).toContain('"code":"Unauthorized"')
    expect(stream.events().at(-1)).toBe('complete')
  })

  it('has a place of its own, of which there are so many', async () => {
    const token = await gateway.tokenOf()
    const streams = await Promise.all([1, 2, 3].map(() => hear(token)))
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200])
    const fourth = await hear(token)
    await until('it is answered', async () => fourth.ended())
    expect([fourth.status, JSON.parse(fourth.text())]).toEqual([429, expect.objectContaining({ code: 'TooManyRequests', errors: [expect.anything()] })])
    streams[0]?.close()
    await until('there is a place again', async () => (await hear(token)).status === 200)
  })
})

describe('a stream of answers', () => {
  it('ends after one, for what is no subscription', async () => {
    const seen: string[] = []
    gateway.ports.graphql = async (_target, { access, text }) => { seen.push(`${access} ${text}`); return answering('{"data":\n{"a":1}}') }
    const body = '{"query":"mutation { a } query q { b }","operationName":"q"}'
    const stream = await hear(await gateway.tokenOf(), { body })
    await until('it ends', async () => stream.ended())
    expect([stream.events(), seen]).toEqual([['next {"data": {"a":1}}', 'complete'], [`write ${body}`]])
  })

  it.each([
    ['of a database that is not there', 404, () => gateway.tokenOf().then((token) => hear(token, { database: gateway.unknown }))],
    ['for nobody', 401, () => hear('nonsense')],
    ['without a document', 400, () => gateway.tokenOf().then((token) => hear(token, { body: '{}' }))],
  ])('is refused before it begins %s', async (_what, status, ask) => {
    const stream = await ask()
    await until('it ends', async () => stream.ended())
    expect([stream.status, stream.type, JSON.parse(stream.text())]).toEqual([status, 'application/json; charset=utf-8', expect.objectContaining({ errors: [expect.anything()] })])
  })

  it('is refused before it begins to those who may not read, and of an engine that tells of no changes', async () => {
    gateway.said.permissions = ['org:read']
    expect((await hear(await gateway.tokenOf())).status).toBe(403)
    gateway.said.permissions = ['data:read']
    gateway.ports.changes = async () => { throw new Problem('LanguageNotSupported', 'This database does not speak CHANGES.') }
    expect((await hear(await gateway.tokenOf())).status).toBe(501)
  })
})

it('ends its streams in peace when the process is to end', async () => {
  const stream = await hear(await gateway.tokenOf())
  await until('the first answer is there', async () => stream.events().length === 1)
  gateway.service.drain?.()
  await until('it ends', async () => stream.ended())
  expect(stream.events().at(-1)).toBe('complete')
  const late = await hear(await gateway.tokenOf())
  expect(late.status).toBe(503)
})
