import { signUp } from '../story/people.js'
import { speakTo } from '../story/api.js'
import { Client } from './client.js'
import { History } from './history.js'
import type { Load } from './load.js'
import { randomFrom } from './random.js'

export interface Makers extends Load {
  /** Asks for so many databases, a few at a time; a maker goes on whatever is answered. */
  make(count: number): Promise<void>
  /** How many were promised by now. */
  promised(): number
}

const atOnce = 8

/** People who do nothing but make databases. */
export const startMakers = async (url: string, seed: number): Promise<Makers> => {
  const api = speakTo(url)
  const history = new History()
  const client = new Client('maker1', await signUp(api), api, randomFrom(seed), history)
  return {
    api, history, clients: [client],
    start: () => undefined,
    rest: () => Promise.resolve(),
    promised: () => client.databases.filter(({ made }) => made === 'done').length,
    make: async (count) => {
      let left = count
      const one = async (): Promise<void> => { while ((left -= 1) >= 0) await client.create() }
      await Promise.all(Array.from({ length: atOnce }, one))
    },
  }
}
