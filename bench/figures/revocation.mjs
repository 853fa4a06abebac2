import { connect, createServer } from 'node:net'
import { randomBytes, randomUUID } from 'node:crypto'
import { startNats } from '@tenantry/embedded'
import { openAccount } from '../client.mjs'
import { quantile } from '../numbers.mjs'
import { startSystem, temporaryFolder } from '../program.mjs'
import { figure } from '../table.mjs'

const patienceMs = 20_000
const atOnce = 20
const json = { 'content-type': 'application/json' }

/** NATS of our own, behind a way that can be cut. */
const startRoad = async (closing) => {
  const token = randomBytes(24).toString('base64url')
  const nats = await startNats({ storeDir: await temporaryFolder(closing), token })
  closing.add(() => nats.stop())
  const sockets = new Set()
  const road = createServer((near) => {
    const far = connect(nats.port, '127.0.0.1')
    for (const [one, other] of [[near, far], [far, near]]) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => { sockets.delete(one); other.destroy() }).pipe(other)
    }
  })
  await new Promise((resolve) => { road.listen(0, '127.0.0.1', resolve) })
  const cut = () => {
    road.close()
    for (const socket of sockets) socket.destroy()
  }
  closing.add(async () => cut())
  return { env: { NATS_URL: `nats://127.0.0.1:${road.address().port}`, NATS_TOKEN: token }, cut }
}

const makeProof = async (account, kind) => {
  const sure = async (asked, status) => {
    const { status: seen, text } = await asked
    if (seen !== status) throw new Error(`The system answered ${seen}: ${text.slice(0, 200)}`)
    return JSON.parse(text)
  }
  const { client: { send }, userId, token } = account
  if (kind === 'session') {
    const { AuthenticationResult } = await sure(send('POST', '/id', json, JSON.stringify({ USERNAME: account.email, PASSWORD: account.password })), 200)
    const bearer = { authorization: `Bearer ${AuthenticationResult.IdToken}` }
    return { headers: bearer, takeBack: () => sure(send('POST', '/id/logout', { ...bearer, ...json }, '{}'), 200) }
  }
  const owner = { authorization: `Bearer ${token}`, ...json }
  const { id, secret } = await sure(send('POST', `/v2/users/${userId}/keys`, owner, '{"description":"bench"}'), 201)
  return { headers: { 'x-api-key': secret }, takeBack: () => sure(send('PUT', `/v2/users/${userId}/keys/${id}`, owner, '{"status":"REVOKED"}'), 202) }
}

/** From the answer that something was taken back until identity, control plane and gateway have all refused it. */
const measure = async ({ client: { send }, userId }, { headers, takeBack }, everyMs) => {
  const doors = [
    () => send('GET', `/v2/users/${userId}/keys`, headers), () => send('GET', '/v2/users/current', headers),
    () => send('POST', `/v2/databases/${randomUUID()}/query/sql`, { ...headers, 'content-type': 'text/plain' }, 'select 1'),
  ]
  for (const door of doors) if ((await door()).status === 401) throw new Error('A good credential is refused.')
  await takeBack()
  const began = performance.now()
  return Math.max(...await Promise.all(doors.map(async (door) => {
    for (let asked = performance.now(); asked - began < patienceMs; asked = performance.now()) {
      if ((await door()).status === 401) return asked - began
      await new Promise((resolve) => { setTimeout(resolve, everyMs) })
    }
    throw new Error('What was taken back is admitted still.')
  })))
}

/** How soon a revoked key and an ended session are refused by every service: told by NATS, and found by the poll without it. */
export const revocation = async ({ root, quick, closing }) => {
  const road = await startRoad(closing)
  const { url } = await startSystem({ root, closing, env: { ...road.env, BCRYPT_COST: '4' } })
  const account = await openAccount(url, 64)
  closing.add(async () => account.close())
  const samples = quick ? 40 : 200
  const proof = (n) => makeProof(account, n % 2 === 0 ? 'key' : 'session')
  const told = []
  for (let n = 0; n < samples; n += 1) told.push(await measure(account, await proof(n), 2))
  road.cut()
  const polled = []
  for (let n = 0; n < samples; n += atOnce) {
    polled.push(...await Promise.all(Array.from({ length: atOnce }, async (_, at) => measure(account, await proof(n + at), 50))))
  }
  return [['NATS up', told, 1_000], ['NATS down', polled, 5_000]].flatMap(([name, times, most]) => [
    figure(`refused everywhere, ${name}, p50`, quantile(times, 0.5), 'ms'), figure(`${name}, p99`, quantile(times, 0.99), 'ms', { most }), figure(`${name}, slowest`, Math.max(...times), 'ms', { most: 5_000 }),
  ])
}
