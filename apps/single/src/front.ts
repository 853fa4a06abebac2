import { freePort } from '@tenantry/embedded'
import { Exit, openServer } from '@tenantry/service'

const tries = 10

export interface HeldPort {
  readonly port: number
  /** Lets go of it, for who listens there from now on; a second time it does nothing. */
  release(): Promise<void>
}

/**
 * Takes the port before anything is started, so that nobody else has it when the start is done; whoever asks meanwhile is told to come
 * again. 0 is any that is free. Throws Exit with one sentence when it cannot be had.
 */
export const holdPort = async (host: string, wished: number, draw = freePort): Promise<HeldPort> => {
  for (let attempt = 1; ; attempt++) {
    const port = wished === 0 ? await draw() : wished
    try {
      const held = await openServer(host, port, (_request, response) => void response.writeHead(503, { 'retry-after': '1' }).end())
      let released: Promise<void> | undefined
      return { port, release: () => released ??= held.drain(100, 0) }
    } catch (error) {
      // What was free a moment ago may have been taken by another program that draws ports.
      if (wished !== 0 || attempt === tries || !(error instanceof Exit)) throw error
    }
  }
}
