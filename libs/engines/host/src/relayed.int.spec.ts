import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { DatabaseIdSchema } from '@tenantry/contracts'
import { FrameReader, encodeFrame } from '@tenantry/engines-contract'
import { connectEngineHost } from './engine-host.js'

describe('a host that passes statements on', () => {
  it('may refuse a statement without refusing a call that waits meanwhile', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'relayed-'))
    const socketPath = path.join(folder, 'host.sock')
    // Refuses statements at once, and answers calls once a statement has been refused.
    const server = createServer((socket) => {
      const reader = new FrameReader()
      let call: unknown
      socket.on('data', (chunk: Buffer) => reader.take(chunk, ({ header: { type, id } }) => {
        if (type === 'hello') socket.write(encodeFrame({ type: 'welcome', client: 1, inFlight: 8, relay: true }))
        if (type === 'observe') call = id
        if (type !== 'run') return
        socket.write(encodeFrame({ type: 'problem', id, code: 'EngineRejectedQuery', message: 'No.', retry: 'never' }))
        socket.write(encodeFrame({ type: 'done', id: call, observed: 'running' }))
      }))
      socket.on('error', () => socket.destroy())
    })
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
    const client = connectEngineHost({ socketPath })
    const { sql, lifecycle } = client.engine('sqlite')
    const target = {
      databaseId: DatabaseIdSchema.parse('3f1f2c52-6a43-4f0b-9a3e-0d8f5b7a1c11'), generation: 1, engine: 'sqlite', node: 'local', limits: { storageBytes: 1 },
    } as const
    const soon = AbortSignal.timeout(30_000)
    const seen = lifecycle.observe(target, soon)
    const refused = sql?.run(target, { text: 'x', access: 'read', limits: { seconds: 1, answerBytes: 1, answerRows: 1 } }, soon)
    await expect(refused).rejects.toMatchObject({ code: 'EngineRejectedQuery' })
    expect(await seen).toBe('running')
    client.close()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
})
