import { spawnSync } from 'node:child_process'
import http from 'node:http'
import { Readable } from 'node:stream'

/** The tables of the figures that are known of FeatureBase: a set of 100 values, a number of 100, a text of 7. */
export const schema = { indexes: [{ name: 'people', options: { keys: false }, fields: [
  { name: 'tag', options: { type: 'set', keys: true } }, { name: 'age', options: { type: 'int' } }, { name: 'kind', options: { type: 'mutex', keys: true } },
] }] }

/** The same numbers at every run: a shift register. */
const drawing = (seed) => {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Rows of the table as CSV, in pieces. */
export function* rowsOf(records) {
  const draw = drawing(7)
  yield '_id,tag,age,kind\n'
  for (let record = 0; record < records;) {
    let piece = ''
    for (let n = 0; n < 1_000 && record < records; n += 1, record += 1) piece += `${record},t${draw(100)},${draw(100)},k${draw(7)}\n`
    yield piece
  }
}

export const importing = (url, id, token, records) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(url)
  const request = http.request({ hostname, port, method: 'POST', path: `/v2/databases/${id}/tables/people/import`, headers: { 'authorization': `Bearer ${token}`, 'content-type': 'text/csv' } }, (response) => {
    let said = ''
    response.setEncoding('utf8').on('data', (chunk) => { said += chunk }).on('end', () => response.statusCode === 200 ? resolve(JSON.parse(said)) : reject(new Error(`The import was answered ${response.statusCode}: ${said.slice(0, 300)}`)))
  })
  request.on('error', reject)
  Readable.from(rowsOf(records)).pipe(request)
})

const program = `
import http.client, sys, time
host, path, token, body, many = sys.argv[1:6]
connection = http.client.HTTPConnection(host, timeout=60)
times = []
for n in range(int(many) + 10):
    began = time.perf_counter()
    connection.request('POST', path, body, {'Authorization': 'Bearer ' + token, 'Content-Type': 'text/plain'})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200: sys.exit(1)
    times.append(time.perf_counter() - began)
print(sorted(times[10:])[int(many) // 2] * 1000)
`

/** The median of a Python client in milliseconds; undefined where there is no Python. */
export const byPython = (url, id, token, language, body, many) => {
  const { status, stdout, error } = spawnSync('python3', ['-c', program, new URL(url).host, `/v2/databases/${id}/query/${language}`, token, body, String(many)], { encoding: 'utf8' })
  if (error?.code === 'ENOENT') return undefined
  if (status !== 0) throw new Error('The Python client was not answered.')
  return Number(stdout)
}
