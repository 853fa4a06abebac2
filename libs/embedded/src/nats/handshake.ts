import { createConnection, type Socket } from 'node:net'

export type NatsInfo = Readonly<Record<string, unknown>>

/** Reads what a NATS server says of itself, first of all and in the clear; then hands over to `next`, which settles. */
const conversation = (
  place: { readonly host: string; readonly port: number }, seconds: number,
  next: (heard: string, info: NatsInfo | undefined, socket: Socket) => NatsInfo | 'refused' | undefined,
): Promise<NatsInfo | undefined> => new Promise((resolve) => {
  const socket = createConnection(place)
  let heard = ''
  const settle = (answer: NatsInfo | undefined): void => {
    clearTimeout(timer)
    socket.destroy()
    resolve(answer)
  }
  const timer = setTimeout(settle, seconds * 1_000, undefined)
  socket.on('error', () => settle(undefined))
  socket.on('close', () => settle(undefined))
  socket.on('data', (chunk) => {
    heard += chunk.toString()
    const text = /^INFO (\{.*\})\s*$/m.exec(heard)?.[1]
    const answer = heard.length > 65_536 ? 'refused' : next(heard, text === undefined ? undefined : JSON.parse(text) as NatsInfo, socket)
    if (answer !== undefined) settle(answer === 'refused' ? undefined : answer)
  })
})

/** Opens a session at a server of ours and closes it again; undefined when it is not ready for one. */
export const greetNats = (port: number, token: string, seconds: number): Promise<NatsInfo | undefined> => {
  let greeted = false
  return conversation({ host: '127.0.0.1', port }, seconds, (heard, info, socket) => {
    if (heard.includes('-ERR')) return 'refused'
    if (info && !greeted) {
      greeted = true
      socket.write(`CONNECT ${JSON.stringify({ verbose: false, auth_token: token })}\r\nPING\r\n`)
    }
    return /^PONG/m.test(heard) ? info : undefined
  })
}

/** What the server behind `url` says of itself, without a session; undefined when nobody answers. */
export const natsInfoAt = (url: string, seconds: number): Promise<NatsInfo | undefined> => {
  const { hostname, port } = new URL(url.includes('://') ? url : `nats://${url}`)
  return conversation({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 4222) }, seconds, (_, info) => info)
}
