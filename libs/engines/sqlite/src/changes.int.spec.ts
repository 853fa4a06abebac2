import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { EmbeddedAsk, EmbeddedDatabase } from '@tenantry/engines-contract'
import { sqliteDriver } from './driver.js'

const root = mkdtempSync(path.join(os.tmpdir(), 'changes-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const storage = { storageBytes: 8_000_000 }
const limits = { seconds: 1, answerBytes: 1_000_000, answerRows: 10_000 }
const ask = (database: EmbeddedDatabase, text: string, more: Partial<EmbeddedAsk> = {}): string =>
  database.run({ text, access: 'write', language: 'sql', limits, ...more }, storage).data.toString()
const changes = (database: EmbeddedDatabase): string => ask(database, '', { language: 'changes', access: 'read' })

it('tells of every change, and of nothing else', () => {
  const folder = path.join(root, 'one')
  sqliteDriver.makeTemplate(folder)
  const database = sqliteDriver.open(folder, storage)
  const seen = new Set([changes(database)])
  const change = (text: string): void => {
    ask(database, text)
    const now = changes(database)
    expect([text, seen.has(now)]).toEqual([text, false])
    seen.add(now)
    expect(changes(database)).toBe(now)
  }
  for (const text of [
    'create table t(a unique)', 'insert into t values (1)', 'insert into t values (2) returning a', 'update t set a = a + 5', 'delete from t where a = 7',
    'create table u(a references t(a) on delete cascade)', 'alter table u add column b', 'create trigger g after insert on t begin insert into u(b) values (new.a); end', 'insert into t values (9)', 'drop trigger g',
  ]) change(text)
  const before = changes(database)
  ask(database, 'select * from t')
  ask(database, 'delete from t where a = 99')
  expect(() => ask(database, 'insert into t values (9)')).toThrow('UNIQUE')
  expect(changes(database)).toBe(before)
  expect(JSON.parse(before)).toEqual(expect.any(String))
  database.close()
})

it('calls everything changed in a database that was opened anew: nobody knows what has been meanwhile', () => {
  const folder = path.join(root, 'two')
  sqliteDriver.makeTemplate(folder)
  const database = sqliteDriver.open(folder, storage)
  const before = changes(database)
  database.close()
  expect(changes(database)).not.toBe(before)
  database.close()
})
