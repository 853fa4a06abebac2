import { createSealer } from '@tenantry/secrets'
import { migrate } from '@tenantry/persistence'
import { type TestDatabase, testDatabase } from '@tenantry/testing'
import type { DataSource } from 'typeorm'
import { identitySource, schema } from '../source.js'
import { Keyring, keyringRules } from './keyring.js'

const sealer = createSealer(Buffer.alloc(32, 1))
const kids = (keyring: Keyring): (string | undefined)[] => keyring.jwks().keys.map(({ kid }) => kid)

let database: TestDatabase
let source: DataSource

const openOne = (): Promise<Keyring> => Keyring.open(source, sealer, keyringRules(90))
/** Lets so much time pass for the keys. */
const age = async (seconds: number): Promise<void> => {
  await source.query('UPDATE signing_keys SET signs_from = signs_from - make_interval(secs => $1)', [seconds])
}

beforeAll(async () => {
  database = await testDatabase(schema)
  source = identitySource({ databaseUrl: database.url, poolSize: 5 })
  await source.initialize()
  await migrate(source, schema)
})

beforeEach(async () => { await source.query('TRUNCATE signing_keys') })

afterAll(async () => {
  await source.destroy()
  await database.drop()
})

describe('the keyring', () => {
  it('has one first key, however many processes open it together, and it signs at once', async () => {
    const rings = await Promise.all(Array.from({ length: 5 }, openOne))
    expect(new Set(rings.flatMap(kids)).size).toBe(1)
    expect(new Set(rings.map((ring) => ring.current().kid)).size).toBe(1)
  })

  it('publishes a new key before it signs, and in every process', async () => {
    const [one, other] = await Promise.all([openOne(), openOne()])
    const old = one.current().kid
    await one.rotate()
    expect(one.current().kid).toBe(old)
    await other.tend()
    expect(kids(other)).toHaveLength(2)
    await age(601)
    const [later, alsoLater] = await Promise.all([openOne(), openOne()])
    expect(later.current().kid).not.toBe(old)
    expect(alsoLater.current().kid).toBe(later.current().kid)
    expect(kids(later)).toContain(old)
  })

  it('is not turned twice at once', async () => {
    const [one, other] = await Promise.all([openOne(), openOne()])
    await Promise.all([one.rotate(), other.rotate(), one.rotate()])
    expect(kids(await openOne())).toHaveLength(2)
  })

  it('withdraws an old key once its last token has expired, and not before', async () => {
    const ring = await openOne()
    const old = ring.current().kid
    await ring.rotate()
    await age(600 + 3600 + 30)
    expect(kids(await openOne())).toContain(old)
    await age(700)
    expect(kids(await openOne())).not.toContain(old)
  })

  it('turns by itself when its key is old enough', async () => {
    await openOne()
    await age(89 * 86_400)
    expect(kids(await openOne())).toHaveLength(1)
    await age(2 * 86_400)
    expect(kids(await openOne())).toHaveLength(2)
  })

  it('has one key alone once the others may be known to somebody, and it signs at once', async () => {
    const [one, other] = await Promise.all([openOne(), openOne()])
    const old = one.current().kid
    await one.rotate()
    await one.replace()
    expect(kids(one)).toEqual([one.current().kid])
    expect(one.current().kid).not.toBe(old)
    await other.tend()
    expect(kids(other)).toEqual(kids(one))
  })

  it('never lies in the table in the open', async () => {
    const { privateKey } = (await openOne()).current()
    const rows: { row: string }[] = await source.query('SELECT k::text AS row FROM signing_keys k')
    const { d = '' } = privateKey.export({ format: 'jwk' })
    expect(d.length).toBeGreaterThan(300)
    for (const { row } of rows) {
      expect(row).not.toContain(d)
      expect(row).not.toContain(Buffer.from(d, 'base64url').toString('hex').slice(0, 64))
    }
  })

  it('refuses to start with another sealing key, and makes no new one', async () => {
    await openOne()
    await expect(Keyring.open(source, createSealer(Buffer.alloc(32, 2)), keyringRules(90))).rejects.toMatchObject({ name: 'Exit', code: 78, message: expect.stringContaining('SEALING_KEY') })
    expect(await source.query('SELECT FROM signing_keys')).toHaveLength(1)
  })
})
