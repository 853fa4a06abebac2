import { startNats } from '@tenantry/embedded'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface TestNats {
  readonly url: string
  readonly token: string
  stop(): Promise<void>
}

/** A NATS server of a test file's own: streams have fixed names, so that two files on one server would hear each other. */
export const testNats = async (): Promise<TestNats> => {
  const storeDir = await mkdtemp(path.join(tmpdir(), 'tenantry-nats-'))
  const token = 'a token for tests only'.replaceAll(' ', '-')
  const server = await startNats({ storeDir, token })
  return {
    url: server.url,
    token,
    stop: async () => {
      await server.stop()
      await rm(storeDir, { recursive: true, force: true })
    },
  }
}
