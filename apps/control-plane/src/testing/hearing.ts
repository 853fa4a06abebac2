import http from 'node:http'
import { until } from '@tenantry/testing'

export interface Heard {
  readonly id: number
  readonly event: string
  readonly data: Record<string, unknown>
}

/** A client of an event stream: what it has heard, the id it would resume after, and how it ended. */
export interface Hearing {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly events: Heard[]
  readonly comments: string[]
  readonly retries: number[]
  lastId: string
  /** The body of a refusal. */
  text: string
  /** 'open', 'ended' in peace, or 'cut'. */
  state: 'open' | 'ended' | 'cut'
  readonly socket: http.IncomingMessage['socket']
  pause(): void
  resume(): void
  close(): void
}

/** Reads a stream by the rules of server-sent events: what has no blank line after it is not heard. */
export const hear = (url: string, headers: Record<string, string> = {}): Promise<Hearing> => new Promise((resolve, reject) => {
  const request = http.get(url, { headers, agent: false }, (response) => {
    const { socket } = response
    const hearing: Hearing = {
      status: response.statusCode ?? 0, headers: response.headers, events: [], comments: [], retries: [], lastId: '', text: '', state: 'open', socket,
      pause: () => { response.pause() }, resume: () => { response.resume() }, close: () => { request.destroy() },
    }
    let left = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      hearing.text += hearing.status === 200 ? '' : chunk
      const blocks = (left + chunk).split('\n\n')
      left = blocks.pop() ?? ''
      for (const block of blocks) take(block, hearing)
    })
    response.once('end', () => { hearing.state = 'ended' })
    response.once('error', () => { hearing.state = 'cut' })
    response.once('close', () => { if (hearing.state === 'open') hearing.state = 'cut' })
    if (hearing.status === 200) resolve(hearing)
    else response.once('end', () => resolve(hearing))
  })
  request.once('error', reject)
})

const take = (block: string, hearing: Hearing): void => {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    if (line.startsWith(':')) hearing.comments.push(line)
    else fields.set(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2))
  }
  hearing.lastId = fields.get('id') ?? hearing.lastId
  if (fields.has('retry')) hearing.retries.push(Number(fields.get('retry')))
  const data = fields.get('data')
  if (data !== undefined) hearing.events.push({ id: Number(hearing.lastId), event: fields.get('event') ?? 'message', data: JSON.parse(data) as Record<string, unknown> })
}

export const heard = (hearing: Hearing, count: number): Promise<unknown> => until(`${count} events are heard`, () => hearing.events.length >= count)
