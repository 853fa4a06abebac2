import { randomUUID } from 'node:crypto'
import http from 'node:http'
import { quantile } from './numbers.mjs'
import { processorMicros } from './processes.mjs'

const requestMs = 120_000

/** The one client of all figures: node:http with connections that are kept. */
export const openClient = (url, connections) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(url)
  const send = (method, path, headers, body) => new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const request = http.request({ agent, hostname, port, method, path, headers: { ...headers, ...length }, timeout: requestMs }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => { text += chunk }).on('end', () => resolve({ status: response.statusCode, text })).on('error', reject)
    })
    request.on('timeout', () => request.destroy(new Error(`${method} ${path} had no answer in time.`))).on('error', reject).end(body)
  })
  return { send, close: () => agent.destroy() }
}

/** Somebody with an account, and what they do as values: each call throws unless it succeeds. */
export const openAccount = async (url, connections) => {
  const client = openClient(url, connections)
  const json = { 'content-type': 'application/json' }
  const sure = async (answer) => {
    const { status, text } = await answer
    if (status >= 300) throw new Error(`The system answered ${status}: ${text.slice(0, 300)}`)
    return JSON.parse(text)
  }
  const account = { email: `bench-${randomUUID()}@example.com`, password: `bench ${randomUUID()}`, firstname: 'Ada', lastname: 'Byron' }
  const { user_id: userId, AuthenticationResult: { IdToken: token } } = await sure(client.send('POST', '/id/signup', json, JSON.stringify(account)))
  const bearer = { authorization: `Bearer ${token}` }
  return {
    client, token, userId, email: account.email, password: account.password, close: client.close,
    createKey: async () => (await sure(client.send('POST', `/v2/users/${userId}/keys`, { ...bearer, ...json }, '{"description":"bench"}'))).secret,
    create: (name, options = { shape: 'sqlite-small' }) => sure(client.send('POST', '/v2/databases', { ...bearer, ...json }, JSON.stringify({ name, database_options: options }))),
    get: (id) => sure(client.send('GET', `/v2/databases/${id}`, bearer)),
    sql: (id, text) => sure(client.send('POST', `/v2/databases/${id}/query/sql`, { ...bearer, 'content-type': 'text/plain' }, text)),
    running: (id) => until('the database runs', async () => (await sure(client.send('GET', `/v2/databases/${id}`, bearer))).database_status === 'RUNNING', 60, 5),
    list: async () => {
      const all = []
      for (let next = ''; ;) {
        const page = await sure(client.send('GET', `/v2/databases?limit=1000${next && `&next=${encodeURIComponent(next)}`}`, bearer))
        all.push(...page.resources)
        if (page.next === '') return all
        next = page.next
      }
    },
  }
}

/** Sends one and the same request again and again; every answer must be the expected one. */
export const load = async ({ client, pid, request: { method, path, headers, body }, connections, seconds, isRight }) => {
  const { times, rate, micros } = await rounds({ pid, connections, seconds, isRight, send: () => client.send(method, path, headers, body) })
  return { rate, p50: quantile(times, 0.5), p99: quantile(times, 0.99), micros }
}

/** Sends request after request on each connection for a while, `send(n, at)` the n-th of all on the connection `at`; every answer must have the status, and be right. */
export const rounds = async ({ pid, connections, seconds, send, status = 200, isRight = () => true }) => {
  const times = []
  let next = 0
  const before = processorMicros(pid)
  const began = performance.now()
  const end = began + seconds * 1_000
  const connection = async (_, at) => {
    while (performance.now() < end) {
      const sent = performance.now()
      const answer = await send(next++, at)
      times.push(performance.now() - sent)
      if (answer.status !== status || !isRight(answer.text)) throw new Error(`A wrong answer, ${answer.status}: ${answer.text.slice(0, 300)}`)
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
  const elapsed = (performance.now() - began) / 1_000
  return { times, rate: times.length / elapsed, micros: (processorMicros(pid) - before) / times.length }
}

/** Asks until it holds. Throws past the deadline. */
export const until = async (what, holds, seconds, pauseMs) => {
  for (const deadline = performance.now() + seconds * 1_000; !await holds();) {
    if (performance.now() > deadline) throw new Error(`Not within ${seconds} s: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
