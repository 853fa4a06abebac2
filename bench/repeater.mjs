import net from 'node:net'

const requestMs = 120_000
const headEnd = Buffer.from('\r\n\r\n')

const bytesOf = ({ host, port }, { method, path, headers, body }) => Buffer.from([
  `${method} ${path} HTTP/1.1`, `host: ${host}:${port}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), `content-length: ${Buffer.byteLength(body)}`, '', body,
].join('\r\n'))

/**
 * A connection that sends one and the same request again and again and reads no more of an answer than its status and length, so that
 * the processor is left to what is measured. Answers must tell their length.
 */
export const openRepeater = async (url, request) => {
  const { hostname: host, port } = new URL(url)
  const bytes = bytesOf({ host, port }, request)
  let waiting
  let taken = Buffer.alloc(0)
  let missing = 0
  const fail = (error) => { waiting?.reject(error) }
  const done = (answer) => {
    const { resolve, head } = waiting
    waiting = undefined
    resolve({ status: Number(head.slice(9, 12)), body: answer })
  }
  const take = (chunk) => {
    if (!waiting) throw new Error('An answer came that nobody had asked for.')
    if (waiting.head === undefined) {
      const all = taken.length === 0 ? chunk : Buffer.concat([taken, chunk])
      const end = all.indexOf(headEnd)
      taken = all
      if (end < 0) return
      const head = all.latin1Slice(0, end)
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)
      if (!length) return fail(new Error(`An answer without its length: ${head.slice(0, 300)}`))
      waiting.head = head
      const body = all.subarray(end + headEnd.length)
      missing = Number(length[1]) - body.length
      taken = Buffer.alloc(0)
      if (missing === 0) done(body)
      else waiting.parts = [body]
      return
    }
    waiting.parts.push(chunk)
    missing -= chunk.length
    if (missing === 0) done(Buffer.concat(waiting.parts))
  }
  const socket = net.connect({ host, port, noDelay: true })
  await new Promise((resolve, reject) => { socket.once('connect', resolve).once('error', reject) })
  socket.setTimeout(requestMs, () => socket.destroy(new Error('A request had no answer in time.')))
  socket.on('data', take).on('error', fail).on('close', () => fail(new Error('The connection was closed.')))
  return {
    send: () => new Promise((resolve, reject) => {
      waiting = { resolve, reject }
      socket.write(bytes)
    }),
    close: () => socket.destroy(),
  }
}
