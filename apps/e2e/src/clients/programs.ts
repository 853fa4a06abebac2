import { spawn, spawnSync } from 'node:child_process'
import path from 'node:path'
import { connect } from 'node:tls'
import type { Answer } from '../story/api.js'
import { answerIn } from '../tls/raw.js'

/** Whether a program is on this machine. */
export const isHere = (program: string): boolean => spawnSync(program, ['--version']).status === 0

const deadlineMs = 60_000

/** What a program writes to its output. Throws with what it has complained about when it fails. */
export const outputOf = (program: string, args: readonly string[], input = '', env: NodeJS.ProcessEnv = process.env): Promise<string> => new Promise((resolve, reject) => {
  const child = spawn(program, args, { timeout: deadlineMs, env })
  let [output, complaints] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString() })
  child.stderr.on('data', (chunk: Buffer) => { complaints += chunk.toString() })
  child.on('error', reject)
  child.on('close', (code) => { if (code === 0) resolve(output); else reject(new Error(`${program} ended with ${code}: ${complaints.slice(0, 2_000)}`)) })
  child.stdin.end(input)
})

export interface PythonAsk {
  readonly hostport: string
  readonly database?: string
  readonly apikey?: string
  readonly cafile?: string
  readonly asynchronous?: boolean
  readonly statements: readonly string[]
}

export interface PythonResult {
  readonly code: number
  readonly reason?: string
  readonly body?: Readonly<Record<string, unknown>>
}

/** The results of statements that are sent in the shape of the Python client. */
export const askByPython = async (ask: PythonAsk): Promise<readonly PythonResult[]> =>
  JSON.parse(await outputOf('python3', [path.join(import.meta.dirname, 'python-client.py')], JSON.stringify(ask))) as readonly PythonResult[]

/** A request in the shape that Go's client gives it, where it does not know the length of what it reads from. */
export const goRequest = (method: string, where: string, host: string, headers: Readonly<Record<string, string>>, body?: string): string => {
  const chunks = body === undefined ? '' : `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`
  const lines = Object.entries({
    'Host': host, 'User-Agent': 'Go-http-client/1.1', ...(body !== undefined && { 'Transfer-Encoding': 'chunked' }), ...headers, 'Accept-Encoding': 'gzip', 'Connection': 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${where} HTTP/1.1\r\n${lines.join('')}\r\n${chunks}`
}

/** Sends bytes over TLS and reads the answer until the server hangs up. */
export const sendOverTls = (port: number, ca: string, bytes: string): Promise<Omit<Answer, 'method' | 'path'>> => new Promise((resolve, reject) => {
  let heard = ''
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca })
  socket.setTimeout(deadlineMs, () => socket.destroy(new Error(`No end of the answer: ${heard}`)))
  socket.on('data', (chunk: Buffer) => { heard += chunk.toString() }).on('error', reject).on('close', () => resolve(answerIn(heard)))
  socket.write(bytes)
})
