import { createConnection } from 'node:net'

/** Opens a session at a NATS server and closes it again. Answers the server's own words about itself; undefined when it is not ready. */
export const greetNats = (port: number, token: string, seconds: number): Promise<Readonly<Record<string, unknown>> | undefined> =>
  new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    let heard = ''
    const settle = (answer: Record<string, unknown> | undefined): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(seconds * 1_000, () => settle(undefined))
    socket.on('error', () => settle(undefined))
    socket.on('close', () => settle(undefined))
    socket.on('connect', () => socket.write(`CONNECT ${JSON.stringify({ verbose: false, auth_token: token })}\r\nPING\r\n`))
    socket.on('data', (chunk) => {
      heard += chunk.toString()
      const info = /^INFO (\{.*\})/m.exec(heard)?.[1]
      if (info !== undefined && /^PONG/m.test(heard)) settle(JSON.parse(info) as Record<string, unknown>)
      else if (heard.includes('-ERR') || heard.length > 65_536) settle(undefined)
    })
  })
