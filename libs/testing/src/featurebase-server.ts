import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What goes wrong with requests to `path` and below it, once `after` of them have passed. */
export interface ServerFault {
  readonly path: string
  readonly after?: number
  readonly kind: 'reset' | 'reset in the middle' | 'silence' | 'stack' | 'page' | 'half' | 'huge'
}

export interface FakeFeaturebase {
  readonly url: string
  /** What each request sent, in their order. */
  readonly asked: { readonly method: string; readonly path: string; readonly body: string }[]
  /** The exact text that is answered to a statement, and to PQL of an index. */
  readonly sql: Map<string, string>
  readonly pql: Map<string, { readonly status: number; readonly text: string }>
  readonly indexes: Map<string, Map<string, string>>
  /** The exact text that a GET of a path is answered with. */
  readonly told: Map<string, string>
  fault: ServerFault | undefined
  /** How many requests have not been answered and still have somebody waiting. */
  waiting(): number
  close(): Promise<void>
  /** Listens again where it did before. */
  open(): Promise<void>
}

const stack = 'goroutine 4711 [running]:\nruntime/debug.Stack()\n\t/usr/local/go/src/runtime/debug/stack.go:24 +0x5e\ngithub.com/featurebasedb/featurebase/v3.(*Handler).ServeHTTP.func1()\n\t/root/secret/handler.go:700 +0x9f\n'
const shown = { fields: [{ 'name': '_id', 'type': 'string', 'base-type': 'string', 'type-info': null }, { 'name': 'name', 'type': 'string', 'base-type': 'string', 'type-info': null }, { 'name': 'space_used', 'type': 'int', 'base-type': 'int', 'type-info': null }] }

/**
 * A server that speaks FeatureBase's HTTP as far as a proxy meets it: indexes and fields are kept, tables of whole numbers can be made,
 * filled and read, and everything else is answered with what was recorded.
 */
export const fakeFeaturebase = async (): Promise<FakeFeaturebase> => {
  const [asked, sql, pql, indexes, rows] = [[] as { method: string; path: string; body: string }[], new Map<string, string>(), new Map<string, { status: number; text: string }>(), new Map<string, Map<string, string>>(), new Map<string, number[]>()]
  const told = new Map<string, string>()
  const passed = new WeakMap<ServerFault, number>()
  let open = 0
  const nothing = (): string => '{"schema":{"fields":[]},"data":[],"execution-time":7}'
  const wrong = (words: string): string => JSON.stringify({ 'error': words, 'execution-time': 7 })

  const runSql = (statement: string): string => {
    const known = sql.get(statement)
    if (known !== undefined) return known
    const [, made] = /^create table (\S+) ?\(_id id, a int\)$/.exec(statement) ?? []
    if (made !== undefined) {
      if (indexes.has(made)) return wrong(`[1:14] table or view '${made}' already exists`)
      indexes.set(made, new Map([['a', '{"type":"int"}']]))
      rows.set(made, [])
      return nothing()
    }
    const [, into, id, value] = /^insert into (\S+) \(_id, a\) values \((\d+), (-?\d+)\)$/.exec(statement) ?? []
    const filled = into === undefined ? undefined : rows.get(into)
    if (filled) {
      filled[Number(id)] = Number(value)
      return nothing()
    }
    const [, from] = /^select a from (\S+)$/.exec(statement) ?? []
    const read = from === undefined ? undefined : rows.get(from)
    if (read) return JSON.stringify({ 'schema': { fields: [{ 'name': 'a', 'type': 'int', 'base-type': 'int', 'type-info': null }] }, 'data': Object.values(read).map((one) => [one]), 'execution-time': 9 })
    if (statement === 'show tables') return JSON.stringify({ 'schema': shown, 'data': [...indexes.keys()].map((name) => [name, name, 1_000]), 'execution-time': 3 })
    return wrong(`[1:15] table or view '${/from (\S+)/.exec(statement)?.[1] ?? statement.slice(0, 20)}' not found`)
  }

  const indexText = (name: string, fields: ReadonlyMap<string, string>): string =>
    `{"name":"${name}","createdAt":1674247263913498345,"options":{"keys":false,"trackExistence":true},"fields":[${[...fields].map(([field, options]) => `{"name":"${field}","createdAt":1674247263913498346,"options":${options}}`).join(',')}],"shardWidth":1048576}`

  const answer = (method: string, path: string, body: string): readonly [status: number, text: string] => {
    const known = method === 'GET' ? told.get(path) : undefined
    if (known !== undefined) return [200, known]
    if (method === 'POST' && path.startsWith('/sql')) return [200, runSql(body)]
    if (path === '/schema' && method === 'GET') return [200, `{"indexes":[${[...indexes].map(([name, fields]) => indexText(name, fields)).join(',')}]}`]
    if (path === '/schema') {
      for (const { name } of (JSON.parse(body) as { indexes: { name: string }[] }).indexes) if (!indexes.has(name)) indexes.set(name, new Map())
      return [204, '']
    }
    if (path === '/status') return [200, '{"state":"NORMAL","localID":"node-7","nodes":[]}']
    if (path === '/metrics') return [200, '# TYPE pilosa_set counter\npilosa_set{index="t"} 3\ngo_goroutines 12\n']
    const [, index = '', , field, query] = /^\/index\/([^/]+)(\/field\/([^/]+)|(\/query))?$/.exec(path) ?? []
    const fields = indexes.get(index)
    if (query !== undefined) {
      const known = pql.get(`${index} ${body}`)
      return known ? [known.status, known.text] : [400, JSON.stringify({ error: fields ? 'executing: field not found' : `executing: ${index}: index not found` })]
    }
    if (method === 'POST') {
      if (field === undefined ? fields : fields?.has(field)) return [409, '{"success":false,"error":{"message":"already exists"}}']
      if (field === undefined) indexes.set(index, new Map())
      else if (fields) fields.set(field, (JSON.parse(body) as { options: object }).options ? JSON.stringify((JSON.parse(body) as { options: object }).options) : '{}')
      else return [404, '{"error":"not found"}']
      return [200, '{"success":true}']
    }
    if (!fields || (field !== undefined && !fields.has(field))) return [404, '{"error":"not found"}']
    if (method === 'DELETE') {
      if (field === undefined) rows.delete(index)
      if (field === undefined) indexes.delete(index)
      else fields.delete(field)
      return [200, '{"success":true}']
    }
    return [200, indexText(index, fields)]
  }

  const handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const { method = '', url: path = '' } = request
    open += 1
    response.once('close', () => { open -= 1 })
    const body = await text(request)
    asked.push({ method, path, body })
    const { fault } = made
    const isMeant = fault !== undefined && (path === fault.path || ['/', '?'].some((next) => path.startsWith(fault.path + next)))
    if (isMeant) passed.set(fault, (passed.get(fault) ?? 0) + 1)
    const kind = isMeant && (passed.get(fault) ?? 0) > (fault.after ?? 0) ? fault.kind : undefined
    if (kind === 'silence') return
    if (kind === 'reset') return void request.socket.destroy()
    if (kind === 'stack') return void response.writeHead(500, { 'content-type': 'text/plain' }).end(stack)
    if (kind === 'page') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>nginx on 10.0.0.3</body></html>')
    const [status, said] = answer(method, path, body)
    response.writeHead(status, { 'content-type': 'application/json' })
    if (kind === 'half') return void response.end(said.slice(0, said.length / 2))
    if (kind === 'reset in the middle') return void response.write(said.slice(0, said.length / 2), () => { request.socket.destroy() })
    if (kind === 'huge') return void pour(response)
    response.end(said)
  }

  const server = http.createServer((request, response) => { handle(request, response).catch(() => request.socket.destroy()) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const made: FakeFeaturebase = {
    url: `http://127.0.0.1:${port}`, asked, sql, pql, indexes, told, fault: undefined,
    waiting: () => open,
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
    async open() {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
  }
  return made
}

/** Rows without an end, as fast as they are taken, until nobody takes them. */
const pour = (response: http.ServerResponse): void => {
  const piece = `[${'1'.repeat(1_000)}],`.repeat(60)
  const more = (): void => { while (!response.destroyed && response.write(piece)); }
  response.write('{"schema":{"fields":[]},"data":[')
  response.on('drain', more)
  more()
}
