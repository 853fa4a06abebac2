import { renameSync } from 'node:fs'
import path from 'node:path'
import { load, openAccount } from '../client.mjs'
import { median } from '../numbers.mjs'
import { startProgram, startSystem, temporaryFolder } from '../program.mjs'
import { figure } from '../table.mjs'
import { fillFile, fillTenant } from './table-of-rows.mjs'

const connections = 4
const body = 'select * from t where id > 50000 order by id limit 1000'
const asJson = 'select json_group_array(json_array(id, name, amount)) from (select id, name, amount from t where id > 50000 order by id limit 1000)'
const isRight = (answer) => answer.includes('[51000,"name 51000",76500.0]') || answer.includes('[51000,"name 51000",76500]')

/** A thousand rows as JSON, against the rate at which SQLite alone makes the same text on one core: by the engine, and through the whole system. */
export const rows = async ({ root, quick, closing }) => {
  const system = await startSystem({ root, closing })
  const account = await openAccount(system.url, connections)
  closing.add(async () => account.close())
  const id = await fillTenant(account)
  const folder = await temporaryFolder(closing)
  renameSync(fillFile(folder), path.join(folder, 'main.db'))
  const seconds = quick ? 1 : 2
  const request = { method: 'POST', path: `/v2/databases/${id}/query/sql`, headers: { 'content-type': 'text/plain', authorization: `Bearer ${account.token}` }, body }
  const overHttp = () => load({ client: account.client, pid: system.pid, request, connections, seconds, isRight })
  const alone = async (way, text) => {
    const program = await startProgram({
      command: process.execPath, args: [path.join(import.meta.dirname, '../peers/json.mjs'), way, folder, text, String(seconds)], line: /^rate (\S+)$/m, closing,
    })
    await program.stop()
    return Number(program.found)
  }
  await overHttp()
  const rounds = []
  for (let round = 0; round < (quick ? 2 : 5); round += 1) rounds.push({ sqlite: await alone('raw', asJson), engine: await alone('engine', body), ...await overHttp() })
  const middle = (of) => median(rounds.map(of))
  return [
    figure('1000 rows by the engine / by json_group_array', middle((seen) => seen.engine / seen.sqlite), 'x', { least: 0.7 }),
    figure('  over HTTP / json_group_array', middle((seen) => seen.rate / seen.sqlite), 'x'),
    figure('  json_group_array', middle((seen) => seen.sqlite), '/cpu-s'),
    figure('  by the engine', middle((seen) => seen.engine), '/cpu-s'),
    figure('  over HTTP', middle(({ rate }) => rate), 'req/s'),
    figure('  over HTTP, processor time', middle(({ micros }) => micros), 'us/req'),
  ]
}
