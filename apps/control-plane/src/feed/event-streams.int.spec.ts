import { jetstream } from '@nats-io/jetstream'
import { leewaySeconds } from '@tenantry/auth'
import { type DatabaseId, newId } from '@tenantry/contracts'
import { openServer } from '@tenantry/service'
import { type MachineClock, startMachineClock, until } from '@tenantry/testing'
import { type Hearing, hear, heard } from '../testing/hearing.js'
import { type Person, type RunningControlPlane, runningControlPlane } from '../testing/running.js'

const full = process.env['TEST_LONG'] === '1'

describe('streams of events', () => {
  let plane: RunningControlPlane
  let clock: MachineClock
  const open: Hearing[] = []

  beforeAll(async () => {
    plane = await runningControlPlane({ EVENT_STREAMS: '12', EVENT_STREAMS_PER_ORG: '6', EVENT_STREAMS_PER_KEY: '4', EVENT_BEAT_SECONDS: '1', ANSWER_READ_SECONDS: '5' })
    clock = await startMachineClock()
  })
  afterEach(async () => {
    for (const hearing of open.splice(0)) hearing.close()
  })
  afterAll(async () => {
    await clock.stop()
    await plane.close()
  })

  const listen = async (who: Person, path = '/v2/events', headers: Record<string, string> = {}, base = plane.base): Promise<Hearing> => {
    const hearing = await hear(base + path, { authorization: `Bearer ${who.token}`, ...headers })
    open.push(hearing)
    return hearing
  }
  const rename = (who: Person, id: string, name: string = newId<string>()) => plane.call(who, 'PUT', `/v2/databases/${id}`, { name })
  const idsOf = (hearing: Hearing): number[] => hearing.events.map(({ id }) => id)
  const upTo = (count: number, from = 1): number[] => Array.from({ length: count }, (_, at) => from + at)
  const ready = async (): Promise<Person> => {
    const ada = await plane.person()
    await plane.call(ada, 'GET', '/v2/users/current')
    return ada
  }

  it('tell of creation, name, power, deletion and return, numbered from 1, with who and why', async () => {
    const ada = await ready()
    const hearing = await listen(ada)
    expect(hearing).toMatchObject({ status: 200, lastId: '0', headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-request-id': expect.any(String) } })
    const id = await plane.create(ada, 'one')
    await plane.report(ada, id, 'provisioned')
    await heard(hearing, 3)
    await rename(ada, id, 'two')
    await rename(ada, id, 'two')
    await plane.call(ada, 'PUT', `/v2/databases/${id}/action/stop`)
    await plane.report(ada, id, 'stopped', 2)
    await heard(hearing, 6)
    await plane.call(ada, 'DELETE', `/v2/databases/${id}`)
    await plane.report(ada, id, 'deprovisioned', 3)
    await heard(hearing, 9)
    await plane.call(ada, 'POST', `/v2/databases/${id}/action/undelete`)
    await heard(hearing, 10)
    expect(hearing.events.map(({ id: seq, event, data }) => [seq, event, data['from_status'], data['database_status'], data['cause'], data['name'], data['by'] === ada.userId])).toEqual([
      [1, 'database.created', null, 'CREATING', null, 'one', true],
      [2, 'database.moved', 'CREATING', 'PROVISIONING', 'claimed', 'one', false],
      [3, 'database.moved', 'PROVISIONING', 'RUNNING', 'provisioned', 'one', false],
      [4, 'database.updated', null, 'RUNNING', null, 'two', true],
      [5, 'database.moved', 'RUNNING', 'UPDATING', 'stop_asked', 'two', true],
      [6, 'database.moved', 'UPDATING', 'STOPPED', 'stopped', 'two', false],
      [7, 'database.moved', 'STOPPED', 'DELETING', 'deletion_asked', 'two', true],
      [8, 'database.moved', 'DELETING', 'DEPROVISIONING', 'deprovision_began', 'two', false],
      [9, 'database.moved', 'DEPROVISIONING', 'DELETED', 'deprovisioned', 'two', false],
      [10, 'database.moved', 'DELETED', 'RESTORING', 'undelete_asked', 'two', true],
    ])
    expect(hearing.events.every(({ id: seq, data }) => data['id'] === seq && data['database_id'] === id)).toBe(true)
  })

  it('have no gap and no double under parallel deeds by two processes, some of which fail, for readers that come and go', async () => {
    const ada = await ready()
    const second = await plane.another()
    const steady = [await listen(ada), await listen(ada, '/v2/events', {}, second.base)]
    const creates = full ? 400 : 40
    const total = creates * 2
    const returning: number[] = []
    let resume = '0'
    let done = false
    const comesAndGoes = (async () => {
      while (!done || returning.length < total) {
        const hearing = await listen(ada, '/v2/events', { 'last-event-id': resume }, returning.length % 2 === 0 ? plane.base : second.base)
        await until('something is heard, or all was', () => hearing.events.length > 0 || (done && returning.length >= total))
        returning.push(...idsOf(hearing))
        resume = String(returning.at(-1) ?? 0)
        hearing.close()
        await until('its place is free', () => hearing.state !== 'open')
      }
    })()
    const make = async (at: number): Promise<number> => {
      const base = at % 2 === 0 ? plane.base : second.base
      const answer = await fetch(`${base}/v2/databases`, {
        method: 'POST', headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: `name-${Math.floor(at / 2)}`, database_options: {} }),
      })
      if (answer.status === 201) await fetch(`${base}/v2/databases/${(await answer.json() as { id: string }).id}`, { method: 'DELETE', headers: { authorization: `Bearer ${ada.token}` } })
      return answer.status
    }
    // Of each name one is taken or both are made one after the other: what was taken writes nothing.
    let made = 0
    for (let at = 0; made < creates; at += 8) made += (await Promise.all(upTo(8, at).map(make))).filter((status) => status === 201).length
    const last = Number((await plane.records.query('SELECT seq FROM feed_heads WHERE org_id = $1', [ada.orgId])).rows[0].seq)
    done = true
    for (const hearing of steady) {
      await until('all is heard', () => hearing.events.length >= last, 60_000)
      expect(idsOf(hearing)).toEqual(upTo(last))
    }
    await comesAndGoes
    const rest = await listen(ada, '/v2/events', { 'last-event-id': resume })
    await until('the rest is heard', () => returning.length + rest.events.length >= last)
    expect([...returning, ...idsOf(rest)]).toEqual(upTo(last))
    expect(last).toBe(made * 2)
    await second.service.close()
  }, full ? 120_000 : 30_000)

  it('of one database tell of it alone, and go on after the last event of the org', async () => {
    const ada = await ready()
    const [one, two] = [await plane.create(ada), await plane.create(ada)]
    const hearing = await listen(ada, `/v2/databases/${one}/events?last_event_id=0`)
    await heard(hearing, 1)
    for (const id of [two, one, two, two]) await rename(ada, id)
    await heard(hearing, 2)
    expect(idsOf(hearing)).toEqual([1, 4])
    // What happens to others moves the place to resume from, so that a quiet database is not left behind.
    await until('the place has moved on', () => hearing.lastId === '6')
    expect(hearing.events).toHaveLength(2)
    const again = await listen(ada, `/v2/databases/${one}/events`, { 'last-event-id': '1' })
    await heard(again, 1)
    expect(idsOf(again)).toEqual([4])
  })

  it('resume after what the header names before what the address does, and refuse what is no id', async () => {
    const ada = await ready()
    const id = await plane.create(ada)
    for (let at = 0; at < 3; at++) await rename(ada, id)
    const [byHeader, byAddress] = [await listen(ada, '/v2/events?last_event_id=0', { 'last-event-id': '2' }), await listen(ada, '/v2/events?last_event_id=3')]
    await Promise.all([heard(byHeader, 2), heard(byAddress, 1)])
    expect([idsOf(byHeader), idsOf(byAddress)]).toEqual([[3, 4], [4]])
    for (const path of ['/v2/events?last_event_id=x', '/v2/events?last_event_id=-1', '/v2/events?last_event_id=1.5', '/v2/events?last_event_id=99999999999999999999']) {
      const refused = await listen(ada, path)
      expect([refused.status, JSON.parse(refused.text)]).toMatchObject([400, { code: 'InvalidParameter' }])
    }
    for (const wrong of ['5', '4711']) expect(await listen(ada, '/v2/events', { 'last-event-id': wrong })).toMatchObject({ status: 410 })
  })

  it('keep events for seven days, and say 410 to one that comes later', async () => {
    const ada = await ready()
    const id = await plane.create(ada)
    for (let at = 0; at < 4; at++) await rename(ada, id)
    await plane.records.query(`UPDATE feed SET at = at - interval '7 days' WHERE org_id = $1 AND seq <= 3`, [ada.orgId])
    await until('the old ones are gone', async () => (await plane.records.query('SELECT 1 FROM feed WHERE org_id = $1', [ada.orgId])).rowCount === 2, 30_000)
    const late = await listen(ada, '/v2/events', { 'last-event-id': '2' })
    expect([late.status, JSON.parse(late.text)]).toMatchObject([410, { code: 'ResourceGone', message: expect.stringContaining('Event 2') }])
    const timely = await listen(ada, '/v2/events', { 'last-event-id': '3' })
    await heard(timely, 2)
    expect(idsOf(timely)).toEqual([4, 5])
  })

  it('have a head without a stream', async () => {
    const ada = await ready()
    expect(await plane.call(ada, 'HEAD', '/v2/events')).toMatchObject({ status: 200, text: '' })
  })

  it('say that they live while nothing happens', async () => {
    const hearing = await listen(await ready())
    await until('two beats are heard', () => hearing.comments.length >= 2)
    expect([hearing.events, hearing.retries]).toEqual([[], [1_000]])
  })

  it('end within a second when the session ends, the token expires or the member may look no more, and say why', async () => {
    const ada = await ready()
    const bob = await plane.member(ada, 'viewer')
    const eve = await plane.member(ada, 'viewer')
    const [session, status, staying] = [await listen(bob), await listen(eve), await listen(ada)]
    const expiring = await until('a stream is open whose token expires in a moment', async () => {
      const hearing = await listen(await plane.person({ userId: ada.userId, orgId: ada.orgId, exp: Math.floor(Date.now() / 1_000) + 3 - leewaySeconds }))
      return hearing.status === 200 ? hearing : undefined
    })
    const endsWithin = async (hearing: Hearing, code: string, ms: number): Promise<void> => {
      await until('the stream ends', () => hearing.state === 'ended', ms, 10, clock)
      expect(hearing.events.at(-1)).toMatchObject({ event: 'end', data: { code } })
    }
    await until('the stream of identity is there', () => jetstream(plane.connection).publish('identity.session.ended', JSON.stringify({
      id: newId<string>(), at: new Date().toISOString(), userId: bob.userId, sessionId: bob.sessionId,
    })))
    await endsWithin(session, 'Unauthorized', 1_000)
    await plane.records.query(`UPDATE memberships SET status = 'Deactivated', version = version + 1 WHERE user_id = $1`, [eve.userId])
    await jetstream(plane.connection).publish('control.rights.changed', JSON.stringify({ id: newId<string>(), at: new Date().toISOString(), orgId: eve.orgId, userId: eve.userId, version: 2 }))
    await endsWithin(status, 'Unauthorized', 1_000)
    await endsWithin(expiring, 'Unauthorized', 4_500)
    expect(staying.state).toBe('open')
  })

  it('are bounded for each session, each org and in all, refused with 429, and free again when they close', async () => {
    const [ada, bob] = [await ready(), await ready()]
    const carl = await plane.member(ada, 'viewer')
    const refusedTo = async (who: Person): Promise<string> => {
      const refused = await listen(who)
      expect([refused.status, refused.headers['retry-after']]).toEqual([429, '5'])
      return (JSON.parse(refused.text) as { message: string }).message
    }
    for (let at = 0; at < 4; at++) expect((await listen(ada)).status).toBe(200)
    expect(await refusedTo(ada)).toContain('This key or session has 4')
    for (let at = 0; at < 2; at++) expect((await listen(carl)).status).toBe(200)
    expect(await refusedTo(carl)).toContain('Your org has 6')
    const others = [bob, await plane.member(bob, 'viewer')]
    for (let at = 0; at < 6; at++) expect((await listen(others[at % 2] ?? bob)).status).toBe(200)
    expect(await refusedTo(await ready())).toContain('Too many event streams')
    open[0]?.close()
    await until('the place is free', async () => (await listen(ada)).status === 200)
  })

  it('cut one that does not read, and hold no more for it than a page', async () => {
    const ada = await ready()
    const id = await plane.create(ada)
    // Long names fill the buffers on the way soon.
    await plane.records.query(
      `WITH head AS (UPDATE feed_heads SET seq = 5001 WHERE org_id = $1 RETURNING seq)
       INSERT INTO feed (org_id, seq, database_id, kind, name, state) SELECT $1, nth, $2, 'database.updated', repeat('x', 3000), 'RUNNING' FROM head, generate_series(2, 5001) nth`, [ada.orgId, id])
    const quick = await listen(ada, '/v2/events?last_event_id=4990')
    await heard(quick, 11)
    for (let at = 0; at < 2; at++) expect((await listen(ada)).status).toBe(200)
    const slow = await listen(ada, '/v2/events?last_event_id=0')
    slow.pause()
    expect((await listen(ada)).status).toBe(429)
    await until('the place of the slow one is free', async () => (await listen(ada)).status === 200, 30_000, 100)
    slow.resume()
    await until('it is seen to be cut', () => slow.state === 'cut')
    expect(slow.events.length).toBeLessThan(5_000)
    expect(idsOf(slow)).toEqual(upTo(slow.events.length))
  })

  it('answer for what belongs to another org exactly as for what does not exist, and tell nothing of it', async () => {
    const [ada, eve] = [await ready(), await ready()]
    const id = await plane.create(ada)
    const ears = await listen(eve, '/v2/events?last_event_id=0')
    const refusals = await Promise.all([id, newId<DatabaseId>(), 'nonsense'].map((one) => listen(eve, `/v2/databases/${one}/events`)))
    expect(new Set(refusals.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(refusals[0]?.status).toBe(404)
    expect((await hear(`${plane.base}/v2/events`)).status).toBe(401)
    const own = await plane.create(eve)
    await heard(ears, 1)
    expect(ears.events.map(({ data }) => data['database_id'])).toEqual([own])
  })

  it('stay open while Postgres answers nobody, and catch up', async () => {
    const ada = await ready()
    const hearing = await listen(ada)
    await plane.records.query('BEGIN')
    await plane.records.query('LOCK TABLE feed_heads IN ACCESS EXCLUSIVE MODE')
    const waiting = plane.create(ada)
    const stuck = `FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid() AND wait_event_type = 'Lock' AND query LIKE '%feed_heads head WHERE%'`
    const watcher = await plane.anotherClient()
    await until('the reader waits', async () => (await watcher.query(`SELECT 1 ${stuck}`)).rowCount)
    await watcher.query(`SELECT pg_terminate_backend(pid) ${stuck}`)
    await plane.records.query('COMMIT')
    await waiting
    await heard(hearing, 1)
    expect([hearing.state, idsOf(hearing)]).toEqual(['open', [1]])
    await watcher.end()
  })

  it('are ended in peace by a process that leaves, which tells when to come back; nothing is lost by it, even without NATS', async () => {
    const ada = await ready()
    const id = await plane.create(ada)
    const leaving = await plane.another()
    const front = await openServer('127.0.0.1', 0, (request, response) => leaving.service.handle(request, response))
    const hearing = await listen(ada, '/v2/events?last_event_id=0', {}, `http://127.0.0.1:${front.port}`)
    await heard(hearing, 1)
    await plane.nats.stop()
    await rename(ada, id)
    await heard(hearing, 2)
    leaving.service.drain?.()
    await until('the stream has ended', () => hearing.state === 'ended', 1_000, 10, clock)
    expect(hearing.retries).toEqual([1_000, expect.any(Number)])
    expect((await listen(ada, '/v2/events', {}, `http://127.0.0.1:${front.port}`)).status).toBe(503)
    await front.drain(2_000, 0)
    await rename(ada, id)
    const again = await listen(ada, '/v2/events', { 'last-event-id': hearing.lastId })
    await heard(again, 1)
    expect([...idsOf(hearing), ...idsOf(again)]).toEqual([1, 2, 3])
    await leaving.service.close()
  })
})
