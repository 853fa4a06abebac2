// What could be reached at best: node:http and node:sqlite in one process, without accounts, tenants or limits. Arguments: the file.
import http from 'node:http'
import { DatabaseSync } from 'node:sqlite'

const database = new DatabaseSync(process.argv[2])
const statements = new Map()

const prepared = (text) => {
  const known = statements.get(text)
  if (known) return known
  const statement = database.prepare(text)
  statement.setReturnArrays(true)
  statements.set(text, statement)
  return statement
}

const server = http.createServer((request, response) => {
  let text = ''
  request.setEncoding('utf8').on('data', (chunk) => { text += chunk }).on('end', () => {
    const body = JSON.stringify({ data: prepared(text).all() })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
  })
})
server.listen(0, '127.0.0.1', () => void process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`))
process.once('SIGTERM', () => process.exit(0))
