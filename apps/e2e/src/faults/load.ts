import { type Api, speakTo } from '../story/api.js'
import { signUp } from '../story/people.js'
import { Client } from './client.js'
import { History } from './history.js'
import type { Random } from './random.js'

/** Several clients at work, whom one can let rest and go on. */
export interface Load {
  readonly api: Api
  readonly clients: readonly Client[]
  readonly history: History
  start(): void
  /** Resolves when nothing is in flight any more. */
  rest(): Promise<void>
}

export const startLoad = async (url: string, random: Random, { people = 4, pauseMs = 15 } = {}): Promise<Load> => {
  const api = speakTo(url)
  const history = new History()
  const clients: Client[] = []
  for (let n = 1; n <= people; n += 1) clients.push(new Client(`client${n}`, await signUp(api), api, random, history))
  let done = new AbortController()
  let working: Promise<unknown> = Promise.resolve()
  const start = (): void => {
    done = new AbortController()
    working = Promise.all(clients.map((client) => client.work(done.signal, pauseMs)))
  }
  start()
  return {
    api, clients, history, start,
    rest: async () => {
      done.abort()
      await working
    },
  }
}
