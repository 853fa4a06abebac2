import { once } from 'node:events'
import http from 'node:http'
import { text as textOf } from 'node:stream/consumers'

export interface Uploaded {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
}

export interface Way {
  readonly url: string
  readonly token: string
  readonly database: string
  readonly table: string
  readonly type?: string
  readonly query?: string
  /** What is said to come; in pieces of any number unless it is. */
  readonly length?: number
}

/** An import as it is being sent. */
export class Upload {
  /** Undefined when the connection ends without an answer. */
  readonly answered: Promise<Uploaded | undefined>
  private readonly request: http.ClientRequest

  constructor({ url, token, database, table, type = 'text/csv', query = '', length }: Way) {
    this.request = http.request(`${url}/v2/databases/${database}/tables/${table}/import${query}`, {
      method: 'POST', agent: false, headers: { authorization: `Bearer ${token}`, 'content-type': type, ...(length === undefined ? { 'transfer-encoding': 'chunked' } : { 'content-length': length }) },
    })
    this.answered = new Promise((resolve) => {
      this.request.once('response', (response) => {
        textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) as Uploaded['body'] }), () => resolve(undefined))
      })
      this.request.once('close', () => resolve(undefined))
      this.request.on('error', () => resolve(undefined))
    })
    this.request.flushHeaders()
  }

  /** Sends bytes, no faster than they are taken. */
  async send(rows: string | Buffer): Promise<void> {
    if (!this.request.write(rows) && !this.request.destroyed) await Promise.race([once(this.request, 'drain'), this.answered])
  }

  /** Sends the last of it and waits for the answer. Throws when there is none. */
  async end(rows: string | Buffer = ''): Promise<Uploaded> {
    this.request.end(rows)
    const answer = await this.answered
    if (!answer) throw new Error('The import was not answered.')
    return answer
  }

  giveUp(): void {
    this.request.destroy()
  }
}

export const upload = (way: Way, rows: string | Buffer): Promise<Uploaded> => new Upload(way).end(rows)
