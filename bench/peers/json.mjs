// How fast SQLite itself makes the JSON text of a page of rows, without a server. Arguments: the file, the statement, the seconds.
import { DatabaseSync } from 'node:sqlite'

const [, , file, text, seconds] = process.argv
const database = new DatabaseSync(file)
const statement = database.prepare(text)
const runFor = (milliseconds) => {
  const began = performance.now()
  let runs = 0
  for (; performance.now() - began < milliseconds; runs += 1) statement.get()
  return runs * 1_000 / (performance.now() - began)
}
runFor(200)
process.stdout.write(`rate ${runFor(Number(seconds) * 1_000)}\n`)
