import { type TestDatabase, testDatabase } from '@tenantry/testing'
import type { DataSource } from 'typeorm'
import { readMoment } from './moment.js'
import { createSource } from './source.js'

describe('a moment', () => {
  let database: TestDatabase
  let source: DataSource
  beforeAll(async () => {
    database = await testDatabase('moments')
    source = await createSource({ url: database.url, schema: 'moments', entities: [], migrations: [], poolSize: 1 }).initialize()
  })
  afterAll(async () => {
    await source.destroy()
    await database.drop()
  })

  const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Kiritimati', '-12', 'Africa/Monrovia']

  it('is read as the one that Postgres meant, to the thousandth, in whatever zone it was written', async () => {
    for (const zone of zones) {
      await source.query(`SET TIME ZONE '${zone}'`)
      const rows: { at: Date; ms: string; text: string }[] = await source.query(
        `SELECT at, floor(extract(epoch FROM at) * 1000)::text AS ms, at::text AS text
         FROM (SELECT '1000-01-02Z'::timestamptz + make_interval(days => n * 7919 % 3280000, secs => n * 86399.000001) + make_interval(secs => n % 1000 / 1000.0) AS at
               FROM generate_series(1, 2000) AS n) AS moments`)
      expect(rows.filter(({ at, ms }) => at.getTime() !== Number(ms)).slice(0, 3)).toEqual([])
    }
  })

  it.each(['2026-11-22 20:57:43+00', '2026-11-22 20:57:43.1+00', '2026-11-22 20:57:43.12-03', '1999-12-31 23:59:59.999999+14', '1000-01-01 00:00:00+00', '9999-12-31 23:59:59.999-11'])(
    '%s is what JavaScript reads in it', (text) => {
      expect(readMoment(text)).toEqual(new Date(text.replace(' ', 'T').replace(/(\.\d{3})\d*/, '$1').replace(/([+-]\d\d)$/, '$1:00')))
    })

  it('may be one that JavaScript has another word for, or before the year 1000 and past 9999', async () => {
    await source.query(`SET TIME ZONE 'UTC'`)
    const [row]: Record<string, unknown>[] = await source.query(
      `SELECT 'infinity'::timestamptz AS never, '-infinity'::timestamptz AS always, '0044-03-15 12:00Z BC'::timestamptz AS ides, '0079-08-24Z'::timestamptz AS vesuvius,
         '12026-01-01Z'::timestamptz AS later, NULL::timestamptz AS nothing, ARRAY['2026-01-01Z'::timestamptz] AS many`)
    expect(row).toEqual({
      never: Infinity, always: -Infinity, ides: new Date('-000043-03-15T12:00:00Z'), vesuvius: new Date('0079-08-24T00:00:00Z'), later: new Date('+012026-01-01T00:00:00Z'),
      nothing: null, many: [new Date('2026-01-01T00:00:00Z')],
    })
  })
})
