import type { Client } from '../limits/client.js'
import type { Limits } from '../limits/limits.service.js'

/** Looks what a link is for. A token is too long to be guessed, so that failures are counted and good ones never wait. Throws LinkNotValid, TooManyRequests. */
export const peekOrCount = async <T>(limits: Limits, client: Client, peek: () => Promise<T>): Promise<T> => {
  try {
    return await peek()
  } catch (error) {
    await limits.take('link', client)
    throw error
  }
}
