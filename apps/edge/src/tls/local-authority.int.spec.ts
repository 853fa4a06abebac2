import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import https from 'node:https'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createLogger, openServer } from '@tenantry/service'
import { openCertificate } from './certificate.js'
import { localTls } from './local-authority.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-tls-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

it('makes a certificate that a client accepts who trusts the authority, and nobody else', async () => {
  const certificate = await openCertificate({ source: { kind: 'auto' }, dataDir: folder, host: '127.0.0.1', logger: createLogger('test', 'silent') })
  const front = await openServer('127.0.0.1', 0, (_request, response) => void response.end('hello'), { tls: certificate })
  const ca = await readFile(certificate.authorityFile ?? '', 'utf8')
  const [answer] = await once(https.get(`https://localhost:${front.port}/`, { ca, agent: false }), 'response') as [IncomingMessage]
  expect(answer.statusCode).toBe(200)
  answer.resume()
  await expect(once(https.get(`https://localhost:${front.port}/`, { agent: false }), 'response')).rejects.toThrow(/certificate/)
  await certificate.stop()
  await front.drain(100)
})

it('keeps its certificate, and makes another one from the same authority when the address is a new one', async () => {
  const first = await localTls(folder, '127.0.0.1')
  expect((await localTls(folder, '127.0.0.1')).cert).toBe(first.cert)
  const authority = await readFile(first.authorityFile, 'utf8')
  const second = await localTls(folder, '192.0.2.7')
  expect(new X509Certificate(second.cert).checkIP('192.0.2.7')).toBe('192.0.2.7')
  expect(await readFile(second.authorityFile, 'utf8')).toBe(authority)
})

it('mends a pair that was written by halves', async () => {
  const first = await localTls(folder, '127.0.0.1')
  await rm(path.join(folder, 'tls', 'server.key'))
  const second = await localTls(folder, '127.0.0.1')
  expect(second.cert).not.toBe(first.cert)
})

it('shows its keys to nobody else', async () => {
  await localTls(folder, '127.0.0.1')
  for (const name of ['ca.key', 'server.key']) expect((await stat(path.join(folder, 'tls', name))).mode & 0o777).toBe(0o600)
})

it('makes another certificate a month before the last one ends, from the same authority', async () => {
  const first = await localTls(folder, '127.0.0.1')
  const end = new X509Certificate(first.cert).validToDate.getTime()
  const days = 86_400_000
  expect((await localTls(folder, '127.0.0.1', new Date(end - 31 * days))).cert).toBe(first.cert)
  const second = await localTls(folder, '127.0.0.1', new Date(end - 29 * days))
  expect(second.cert).not.toBe(first.cert)
  expect(new X509Certificate(second.cert).verify(new X509Certificate(await readFile(first.authorityFile)).publicKey)).toBe(true)
})

it('says that the authority has lost its key when that is needed, and makes no other authority behind the clients\' back', async () => {
  const { authorityFile } = await localTls(folder, '127.0.0.1')
  const authority = await readFile(authorityFile, 'utf8')
  await rm(path.join(folder, 'tls', 'ca.key'))
  await localTls(folder, '127.0.0.1')
  await expect(localTls(folder, '192.0.2.7')).rejects.toThrow(/^The key of the local authority, \S+ca\.key, is missing/)
  expect(await readFile(authorityFile, 'utf8')).toBe(authority)
})
