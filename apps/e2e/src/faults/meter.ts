import http from 'node:http'

export interface Measured {
  readonly count: number
  readonly p50: number
  readonly p99: number
  /** What was not answered 200, each kind once. */
  readonly failures: readonly string[]
}

export interface Asked {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Asks the same things again and again over connections that are kept, a few at a time, and measures each answer. */
export const measure = async (url: string, asks: readonly Asked[], done: AbortSignal, pauseMs = 5): Promise<Measured> => {
  const agent = new http.Agent({ keepAlive: true })
  const took: number[] = []
  const failures = new Map<string, number>()
  const ask = (asked: Asked): Promise<string> => new Promise((resolve) => {
    const request = http.request(new URL(asked.path, url), { method: 'POST', agent, headers: { ...asked.headers, 'content-length': Buffer.byteLength(asked.body) }, timeout: 15_000 }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => { text += piece })
        .on('end', () => resolve(response.statusCode === 200 ? '' : `${response.statusCode} ${text.slice(0, 200)}`))
        .on('error', (error) => resolve(String(error)))
    })
    request.on('timeout', () => request.destroy(new Error('no answer in time'))).on('error', (error) => resolve(String(error))).end(asked.body)
  })
  const caller = async (asked: Asked): Promise<void> => {
    while (!done.aborted) {
      const began = performance.now()
      const failure = await ask(asked)
      took.push(performance.now() - began)
      if (failure !== '') failures.set(failure, (failures.get(failure) ?? 0) + 1)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  await Promise.all(asks.map(caller))
  agent.destroy()
  const sorted = took.toSorted((one, other) => one - other)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { count: took.length, p50: at(0.5), p99: at(0.99), failures: [...failures].map(([text, count]) => `${count} × ${text}`) }
}
