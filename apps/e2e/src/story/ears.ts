import http from 'node:http'
import https from 'node:https'
import { until } from './until.js'

/** A stream of events that stays open: what has come so far, and whether it has ended in peace. */
export interface Ears {
  readonly text: () => string
  readonly state: () => 'open' | 'ended' | 'cut'
  readonly hears: (what: string, part: string | RegExp, seconds?: number) => Promise<void>
  readonly close: () => void
}

/** Opens a stream of server-sent events; throws when it is refused. */
export const listenTo = (url: string, path: string, token: string, ca?: string): Promise<Ears> => new Promise((resolve, reject) => {
  const ask = { ...(ca !== undefined && { ca }), agent: false, headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' } }
  const request = (url.startsWith('https:') ? https : http).get(new URL(path, url), ask, (response) => {
    let text = ''
    let state: ReturnType<Ears['state']> = 'open'
    response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
    response.once('end', () => { state = 'ended' }).once('error', () => { state = 'cut' })
    if (response.statusCode !== 200) return void response.once('end', () => reject(new Error(`GET ${path} answers ${response.statusCode}: ${text}`)))
    resolve({
      text: () => text,
      state: () => state,
      hears: (what, part, seconds = 30) => until(what, async () => typeof part === 'string' ? text.includes(part) : part.test(text), seconds),
      close: () => { request.destroy() },
    })
  })
  request.once('error', reject)
})
