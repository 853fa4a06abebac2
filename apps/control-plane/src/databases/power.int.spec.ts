import { type DatabaseId, newId } from '@tenantry/contracts'
import { until } from '@tenantry/testing'
import { type Person, type RunningControlPlane, runningControlPlane } from '../testing/running.js'

describe('stopping, starting and bringing back', () => {
  let plane: RunningControlPlane

  beforeAll(async () => { plane = await runningControlPlane() })
  afterAll(() => plane.close())

  const becomes = (who: Person, id: DatabaseId, state: string) => until(`it is ${state}`, async () => await plane.stateOf(who, id) === state)
  const act = (who: Person, id: string, what: string) => plane.call(who, what === 'undelete' ? 'POST' : 'PUT', `/v2/databases/${id}/action/${what}`)
  const running = async (who: Person, name?: string): Promise<DatabaseId> => {
    const id = await plane.create(who, name)
    await plane.report(who, id, 'provisioned')
    await becomes(who, id, 'RUNNING')
    return id
  }
  const deleted = async (who: Person, id: DatabaseId, version: number): Promise<void> => {
    await plane.call(who, 'DELETE', `/v2/databases/${id}`)
    await plane.report(who, id, 'deprovisioned', version)
    await becomes(who, id, 'DELETED')
  }
  const wishOf = async (id: DatabaseId) => (await plane.records.query('SELECT power, present, version FROM databases WHERE id = $1', [id])).rows[0] as unknown
  const operations = async (who: Person, id: DatabaseId, query = '') => (await plane.call(who, 'GET', `/v2/databases/${id}/operations${query}`)).json as { next: string; resources: Record<string, unknown>[] }
  const usedBy = async (who: Person): Promise<number> => (await plane.records.query('SELECT databases_used AS n FROM orgs WHERE id = $1', [who.orgId])).rows[0].n as number

  it('go through UPDATING to rest, and each tells who asked, from what, to what, and how it ended', async () => {
    const ada = await plane.person()
    const id = await running(ada)
    expect(await act(ada, id, 'stop')).toMatchObject({ status: 202, json: { id, database_status: 'UPDATING' } })
    expect(await wishOf(id)).toEqual({ power: 'off', present: true, version: 2 })
    expect((await operations(ada, id)).resources[0]).toMatchObject({ kind: 'stop', result: 'IN_PROGRESS', from_status: 'RUNNING', to_status: null, ended_at: null })
    await plane.report(ada, id, 'stopped', 2)
    await becomes(ada, id, 'STOPPED')
    expect(await act(ada, id, 'start')).toMatchObject({ status: 202, json: { id, database_status: 'UPDATING' } })
    await plane.report(ada, id, 'started', 3)
    await becomes(ada, id, 'RUNNING')
    expect((await operations(ada, id)).resources).toMatchObject([
      { id: '6', kind: 'start', result: 'SUCCEEDED', from_status: 'STOPPED', to_status: 'RUNNING', requested_by: ada.userId, reason: null },
      { id: '4', kind: 'stop', result: 'SUCCEEDED', from_status: 'RUNNING', to_status: 'STOPPED', requested_by: ada.userId, ended_at: expect.any(String) },
      { id: '1', kind: 'create', result: 'SUCCEEDED', from_status: null, to_status: 'RUNNING', requested_by: ada.userId },
    ])
  })

  it('are refused with 409 where the state does not allow them, and change nothing then', async () => {
    const ada = await plane.person()
    const id = await plane.create(ada)
    for (const what of ['stop', 'start', 'undelete']) expect(await act(ada, id, what)).toMatchObject({ status: 409, json: { code: 'IncorrectState' } })
    await plane.report(ada, id, 'provisioned')
    await becomes(ada, id, 'RUNNING')
    expect(await act(ada, id, 'start')).toMatchObject({ status: 409, json: { message: 'The database is RUNNING and cannot be started now.' } })
    await act(ada, id, 'stop')
    for (const what of ['stop', 'start', 'undelete']) expect((await act(ada, id, what)).status).toBe(409)
    expect(await wishOf(id)).toEqual({ power: 'off', present: true, version: 2 })
  })

  it('let one of many parallel wishes win, and rest where that one leads', async () => {
    const ada = await plane.person()
    const id = await running(ada)
    const answers = await Promise.all(Array.from({ length: 24 }, (_, at) => act(ada, id, at % 2 === 0 ? 'stop' : 'start')))
    expect(answers.map(({ status }) => status).sort()).toEqual([202, ...Array.from({ length: 23 }, () => 409)])
    expect(await wishOf(id)).toEqual({ power: 'off', present: true, version: 2 })
    // A report of the wish before it is late and moves nothing; the same report twice is once.
    await plane.report(ada, id, 'provisioned', 1)
    await plane.report(ada, id, 'stopped', 2)
    await plane.report(ada, id, 'stopped', 2)
    await becomes(ada, id, 'STOPPED')
    expect((await plane.records.query('SELECT fact FROM database_history WHERE database_id = $1 ORDER BY seq', [id])).rows.map(({ fact }) => fact as unknown))
      .toEqual(['created', 'claimed', 'provisioned', 'stopAsked', 'stopped'])
  })

  it('tell of one that failed why, and of one that the next came before that it was overtaken', async () => {
    const ada = await plane.person()
    const [broken, hasty] = [await running(ada), await running(ada)]
    await act(ada, broken, 'stop')
    await plane.report(ada, broken, 'failed', 2, 'The engine was away for too long.')
    await becomes(ada, broken, 'FAILED')
    expect((await operations(ada, broken)).resources[0]).toMatchObject({ kind: 'stop', result: 'FAILED', to_status: 'FAILED', reason: 'The engine was away for too long.' })
    await act(ada, hasty, 'stop')
    await plane.call(ada, 'DELETE', `/v2/databases/${hasty}`)
    expect((await operations(ada, hasty)).resources).toMatchObject([{ kind: 'delete', result: 'IN_PROGRESS' }, { kind: 'stop', result: 'OVERTAKEN' }, { kind: 'create' }])
  })

  it('page their history without losing or doubling', async () => {
    const ada = await plane.person()
    const id = await running(ada)
    for (let version = 2; version < 6; version++) {
      await act(ada, id, version % 2 === 0 ? 'stop' : 'start')
      await plane.report(ada, id, version % 2 === 0 ? 'stopped' : 'started', version)
      await becomes(ada, id, version % 2 === 0 ? 'STOPPED' : 'RUNNING')
    }
    const seen: unknown[] = []
    let page = await operations(ada, id, '?limit=2')
    for (let pages = 0; pages < 5 && page.next; pages++) {
      seen.push(...page.resources.map((one) => one['kind']))
      page = await operations(ada, id, `?limit=2&next=${page.next}`)
    }
    expect([...seen, ...page.resources.map((one) => one['kind'])]).toEqual(['start', 'stop', 'start', 'stop', 'create'])
    for (const query of ['limit=0', 'next=forged', `next=${Buffer.from('2026-01-01T00:00:00.000Z nonsense').toString('base64url')}`]) {
      expect(await plane.call(ada, 'GET', `/v2/databases/${id}/operations?${query}`)).toMatchObject({ status: 400, json: { code: 'InvalidParameter' } })
    }
  })

  it('bring a deleted database back as it was: running or stopped, under its name, counted once', async () => {
    const ada = await plane.person()
    const [on, off] = [await running(ada), await running(ada)]
    await act(ada, off, 'stop')
    await plane.report(ada, off, 'stopped', 2)
    await becomes(ada, off, 'STOPPED')
    await deleted(ada, on, 2)
    await deleted(ada, off, 3)
    expect(await usedBy(ada)).toBe(0)
    expect(await act(ada, on, 'undelete')).toMatchObject({ status: 202, json: { id: on, database_status: 'RESTORING' } })
    expect(await act(ada, off, 'undelete')).toMatchObject({ status: 202, json: { id: off } })
    expect([await wishOf(on), await wishOf(off)]).toEqual([{ power: 'on', present: true, version: 3 }, { power: 'off', present: true, version: 4 }])
    await plane.report(ada, on, 'started', 3)
    await plane.report(ada, off, 'stopped', 4)
    await becomes(ada, on, 'RUNNING')
    await becomes(ada, off, 'STOPPED')
    expect(await usedBy(ada)).toBe(2)
    expect((await operations(ada, on)).resources[0]).toMatchObject({ kind: 'undelete', result: 'SUCCEEDED', from_status: 'DELETED', to_status: 'RUNNING' })
  })

  it('bring back nothing whose name is taken, whose org is full, or whose data is gone', async () => {
    const ada = await plane.person()
    const id = await running(ada, 'mine')
    await deleted(ada, id, 2)
    const second = await running(ada, 'MINE')
    expect(await act(ada, id, 'undelete')).toMatchObject({ status: 409, json: { code: 'ResourceAlreadyExists' } })
    await plane.call(ada, 'PUT', `/v2/databases/${second}`, { name: 'other' })
    await plane.records.query('UPDATE orgs SET own_databases_max = 1 WHERE id = $1', [ada.orgId])
    expect(await act(ada, id, 'undelete')).toMatchObject({ status: 403, json: { code: 'ResourceLimitExceeded' } })
    await plane.records.query('UPDATE orgs SET own_databases_max = 2 WHERE id = $1', [ada.orgId])
    await plane.records.query(`UPDATE database_history SET moved_at = moved_at - interval '7 days' WHERE database_id = $1`, [id])
    expect(await act(ada, id, 'undelete')).toMatchObject({ status: 409, json: { code: 'IncorrectState', message: expect.stringContaining('more than 7 days ago') } })
    expect([await plane.stateOf(ada, id), await usedBy(ada)]).toEqual(['DELETED', 1])
  })

  it('are the owner\'s alone; undelete is for whoever may delete, and history for whoever may look', async () => {
    const ada = await plane.person()
    const id = await running(ada)
    for (const role of ['admin', 'developer', 'viewer'] as const) {
      const bob = await plane.member(ada, role)
      for (const what of ['stop', 'start']) expect(await act(bob, id, what)).toMatchObject({ status: 403, json: { code: 'Forbidden' } })
      expect((await act(bob, id, 'undelete')).status).toBe(role === 'viewer' ? 403 : 409)
      for (const list of ['operations', 'backups']) expect((await plane.call(bob, 'GET', `/v2/databases/${id}/${list}`)).status).toBe(200)
    }
    expect(await plane.stateOf(ada, id)).toBe('RUNNING')
  })

  it('answer for what belongs to another org exactly as for what does not exist', async () => {
    const [ada, eve] = [await plane.person(), await plane.person()]
    const id = await running(ada)
    const random = newId<string>()
    for (const [method, path] of [['PUT', 'action/stop'], ['PUT', 'action/start'], ['POST', 'action/undelete'], ['GET', 'operations'], ['GET', 'backups'], ['GET', 'operations?limit=1']] as const) {
      const [foreign, missing] = [await plane.call(eve, method, `/v2/databases/${id}/${path}`), await plane.call(eve, method, `/v2/databases/${random}/${path}`)]
      expect([foreign.status, foreign.text]).toEqual([missing.status, missing.text])
      expect(foreign.status).toBe(404)
      expect((await plane.call(undefined, method, `/v2/databases/${id}/${path}`)).status).toBe(401)
    }
    expect(await plane.stateOf(ada, id)).toBe('RUNNING')
  })

  it('lists no backups, since none are taken, and takes paging in both spellings', async () => {
    const ada = await plane.person()
    const id = await plane.create(ada)
    expect((await plane.call(ada, 'GET', `/v2/databases/${id}/backups`)).json).toEqual({ continuation: '', backups: [] })
    for (const query of ['limit=0', 'limit=1001', 'continuation=forged', 'next=forged']) {
      expect(await plane.call(ada, 'GET', `/v2/databases/${id}/backups?${query}`)).toMatchObject({ status: 400, json: { code: 'InvalidParameter' } })
    }
  })
})
