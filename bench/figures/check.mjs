import path from 'node:path'
import { load, openClient } from '../client.mjs'
import { median } from '../numbers.mjs'
import { startProgram, temporaryFolder } from '../program.mjs'
import { figure } from '../table.mjs'
import { fillFile } from './table-of-rows.mjs'

const connections = 64

/** What a credential costs that is known already: the same server and the same requests, with the gatekeeper and without it. */
export const check = async ({ quick, closing }) => {
  const peer = await startProgram({
    command: process.execPath, args: [path.join(import.meta.dirname, '../peers/checked.mjs'), fillFile(await temporaryFolder(closing))],
    line: /^listening on (\S+ with \S+)$/m, closing,
  })
  const [url, token] = peer.found.split(' with ')
  const client = openClient(url, connections)
  closing.add(async () => client.close())
  const headers = { 'content-type': 'text/plain', authorization: `Bearer ${token}` }
  const run = (where, seconds) => load({
    client, pid: peer.pid, request: { method: 'POST', path: where, headers, body: 'select * from t where id = 1' }, connections, seconds, isRight: (answer) => answer.includes('"name 1"'),
  })
  for (const where of ['/free', '/checked']) await run(where, 2)
  const seen = []
  for (let round = 0; round < (quick ? 8 : 60); round += 1) {
    const [first, second] = round % 2 === 0 ? ['/free', '/checked'] : ['/checked', '/free']
    seen.push({ [first]: await run(first, 0.4), [second]: await run(second, 0.4) })
  }
  return [
    figure('warm check / no check', median(seen.map((one) => one['/checked'].rate / one['/free'].rate)), 'x', { least: 0.95 }),
    figure('  processor time of a warm check', median(seen.map((one) => one['/checked'].micros - one['/free'].micros)), 'us/req'),
  ]
}
