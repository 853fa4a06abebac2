// How fast a page of rows becomes JSON text on one core, without a server: made by SQLite itself (`raw`), or by the engine that serves
// tenants (`engine`). Arguments: the way, the folder with main.db, the statement, the seconds. It tells how many a second of processor time.
import path from 'node:path'
import { sqliteDriver } from '@tenantry/engines-sqlite'
import { DatabaseSync } from 'node:sqlite'

const [, , way, folder, text, seconds] = process.argv
const storage = { storageBytes: 1_000_000_000 }
const ask = { text, access: 'write', limits: { seconds: 30, answerBytes: 10_000_000, answerRows: 100_000 } }

const makers = {
  raw: () => {
    const statement = new DatabaseSync(path.join(folder, 'main.db')).prepare(text)
    return () => statement.get()
  },
  engine: () => {
    const database = sqliteDriver.open(folder, storage)
    return () => database.run(ask, storage)
  },
}
const make = makers[way]()
const runFor = (milliseconds) => {
  const before = process.cpuUsage()
  let runs = 0
  for (const end = performance.now() + milliseconds; performance.now() < end; runs += 1) make()
  const { user, system } = process.cpuUsage(before)
  return runs * 1_000_000 / (user + system)
}
runFor(300)
process.stdout.write(`rate ${runFor(Number(seconds) * 1_000)}\n`)
