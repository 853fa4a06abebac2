import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { connect } from './connection.js'
import { sqliteDriver } from './driver.js'

const root = mkdtempSync(path.join(os.tmpdir(), 'connection-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('a connection', () => {
  it('for a reader cannot write even when every setting that forbids it is gone', () => {
    const folder = path.join(root, 'reader')
    sqliteDriver.makeTemplate(folder)
    const { database, gate } = connect(folder, 'read')
    gate.trusted = true
    database.exec('PRAGMA query_only=OFF')
    expect(() => database.exec('create table t(a)')).toThrow(/readonly/)
    database.close()
  })

  it('for a reader refuses to write before the file is asked', () => {
    const folder = path.join(root, 'reader-settings')
    sqliteDriver.makeTemplate(folder)
    const { database, gate } = connect(folder, 'read')
    gate.trusted = true
    expect(Object.values(database.prepare('PRAGMA query_only').get() ?? {})).toEqual([1])
    database.close()
  })

  it('is refused to a file that would lose acknowledged writes', () => {
    const folder = path.join(root, 'rollback')
    sqliteDriver.makeTemplate(folder)
    const other = new DatabaseSync(path.join(folder, 'main.db'))
    other.exec('PRAGMA journal_mode=DELETE')
    other.close()
    expect(() => connect(folder, 'write')).toThrow(/WAL/)
  })

  it.each(['read', 'write'] as const)('to %s waits while the process that had the database closes it', async (access) => {
    const folder = path.join(root, `closing-${access}`)
    sqliteDriver.makeTemplate(folder)
    await heldForAMoment(folder)
    const { database } = connect(folder, access)
    expect(database.prepare('select count(*) as n from held').get()).toEqual({ n: 1 })
    database.close()
  })
})

/** Returns as soon as another thread has the file to itself, as the last connection does that closes, for 300 ms. */
const heldForAMoment = (folder: string): Promise<unknown> => once(new Worker(`
  const { DatabaseSync } = require('node:sqlite')
  const database = new DatabaseSync(${JSON.stringify(path.join(folder, 'main.db'))})
  database.exec('PRAGMA locking_mode=EXCLUSIVE; create table held(a); insert into held values (1)')
  require('node:worker_threads').parentPort.postMessage('held')
  setTimeout(() => database.close(), 300)
`, { eval: true }), 'message')
