import { BitmapDatabase } from '../../database.js'
import { makeRoot } from '../../testing/database.js'

const root = makeRoot()
afterAll(root.remove)

const limits = { seconds: 0, answerBytes: 1e6, answerRows: 1_000 }
const many = Array.from({ length: 700 }, (_, at) => `(${at + 100}, ${at})`).join(', ')

it('says how many rows each kind of change has written or taken away', () => {
  const database = new BitmapDatabase(root.fresh())
  const affected = (text: string): number => database.run({ language: 'sql', access: 'write', limits, text }, { storageBytes: 1e9 }).rows
  try {
    expect(affected('create table t (_id id, n int, s stringset)')).toBe(0)
    expect(affected('insert into t (_id, n) values (1, 1), (2, 2), (3, 3)')).toBe(3)
    expect(affected('insert into t (_id, s) values (3, [\'a\'])')).toBe(1)
    expect(affected(`insert into t (_id, n) values ${many}`)).toBe(700)
    expect(affected('insert into t (_id, n) select _id, n + 1 from t where _id < 3')).toBe(2)
    expect(affected('bulk insert into t (_id, n) map (0 id, 1 int) from x\'11,1\n12,2\' with format \'CSV\' input \'STREAM\'')).toBe(2)
    expect(affected('update t set n = 0 where _id in (1, 2, 99999)')).toBe(2)
    expect(affected('copy t to u where _id < 4')).toBe(3)
    expect(affected('delete from t where n > 698')).toBe(1)
    expect(affected('delete from t where _id = 5000')).toBe(0)
    expect(affected('delete from u')).toBe(3)
    expect(affected('drop table u')).toBe(0)
  } finally {
    database.close()
  }
})
