import { connect } from 'node:net'
import type { Answer } from '../story/api.js'

/** Sends bytes as they are and reads everything that comes back until the server hangs up. */
export const sendRaw = (port: number, bytes: string, seconds = 15): Promise<string> => new Promise((resolve, reject) => {
  let heard = ''
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(seconds * 1_000, () => socket.destroy(new Error(`No end of the answer within ${seconds} s: ${heard}`)))
  socket.on('data', (chunk) => { heard += chunk.toString() }).on('error', reject).on('close', () => resolve(heard))
  socket.write(bytes)
})

/** The first answer in what a server sent. */
export const answerIn = (heard: string): Omit<Answer, 'method' | 'path'> => {
  const [head = '', ...rest] = heard.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
  return { status: Number(first.split(' ')[1]), headers, text: rest.join('\r\n\r\n') }
}
