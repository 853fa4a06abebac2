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

/** A thousand rows as JSON through the whole system, against the rate at which SQLite alone can make the same text on one core. */
export const rows = async ({ root, quick, closing }) => {
  const system = await startSystem({ root, closing })
  const account = await openAccount(system.url, connections)
  closing.add(async () => account.close())
  const id = await fillTenant(account)
  const file = fillFile(await temporaryFolder(closing))
  const seconds = quick ? 1 : 2
  const request = { method: 'POST', path: `/v2/databases/${id}/query/sql`, headers: { 'content-type': 'text/plain', authorization: `Bearer ${account.token}` }, body }
  const ours = () => load({ url: system.url, pid: system.pid, request, connections, seconds, isRight })
  const sqlite = async () => {
    const program = await startProgram({
      command: process.execPath, args: [path.join(import.meta.dirname, '../peers/json.mjs'), file, asJson, String(seconds)], line: /^rate (\S+)$/m, closing,
    })
    await program.stop()
    return Number(program.found)
  }
  await ours()
  const rounds = []
  for (let round = 0; round < (quick ? 2 : 3); round += 1) rounds.push({ sqlite: await sqlite(), ...await ours() })
  return [
    figure('1000 rows over HTTP / json_group_array alone', median(rounds.map((seen) => seen.rate / seen.sqlite)), 'x', { least: 0.7 }),
    figure('  over HTTP', median(rounds.map(({ rate }) => rate)), 'req/s'),
    figure('  json_group_array alone', median(rounds.map((seen) => seen.sqlite)), '/s'),
    figure('  processor time', median(rounds.map(({ micros }) => micros)), 'us/req'),
  ]
}
