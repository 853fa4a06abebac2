import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { type Single, startSingle, startProgram } from '../start/single.process.js'
import { speakTo } from '../story/api.js'
import { freePorts } from '../story/free-ports.js'
import { apps, clearUp, makeFolder } from '../story/system.js'
import { until } from '../story/until.js'
import { type Authority, issue, makeAuthority, putInPlace } from './certificates.js'
import { faultsOf } from './safe-answer.js'

let folder: string
let authority: Authority

beforeEach(async () => {
  folder = await makeFolder()
  authority = await makeAuthority(folder)
}, 30_000)
afterEach(clearUp, 30_000)

interface Seen { readonly status: number; readonly serial: string; readonly local: number | undefined }

const ask = async (port: number, agent: https.Agent | false): Promise<Seen> => {
  const [answer] = await once(https.get({ host: 'localhost', port, path: '/healthz', ca: authority.ca, agent }), 'response') as [IncomingMessage]
  const socket = answer.socket as TLSSocket
  const seen = { status: answer.statusCode ?? 0, serial: socket.getPeerCertificate().serialNumber, local: socket.localPort }
  answer.resume()
  await once(answer, 'end')
  return seen
}

const serialIn = async (file: string): Promise<string> => new X509Certificate(await readFile(file)).serialNumber

it('takes certificates that are renewed while it runs, without a restart and without losing a connection', async () => {
  const [first, second, third] = [await issue(authority, 'first'), await issue(authority, 'second'), await issue(authority, 'third')]
  const files = { certFile: path.join(folder, 'server.crt'), keyFile: path.join(folder, 'server.key') }
  const install = async (certFile: string, keyFile: string): Promise<void> => {
    await putInPlace(keyFile, files.keyFile)
    await putInPlace(certFile, files.certFile)
  }
  await install(first.certFile, first.keyFile)
  const single = startSingle({ DATA_DIR: path.join(folder, 'data'), TLS_CERT_FILE: files.certFile, TLS_KEY_FILE: files.keyFile })
  const port = Number(new URL(await single.ready).port)
  const staying = new https.Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const before = await ask(port, staying)
    expect(before).toMatchObject({ status: 200, serial: await serialIn(first.certFile) })

    await install(second.certFile, second.keyFile)
    const expected = await serialIn(second.certFile)
    await until('new connections get the new certificate', async () => (await ask(port, false)).serial === expected, 30)
    expect(await ask(port, staying)).toEqual({ ...before })

    await putInPlace(third.keyFile, files.keyFile)
    await until('the pair that does not fit is told of', async () => single.output().includes('does not belong to the certificate'), 30)
    expect((await ask(port, false)).serial).toBe(expected)
    await putInPlace(third.certFile, files.certFile)
    const last = await serialIn(third.certFile)
    await until('the finished pair is taken', async () => (await ask(port, false)).serial === last, 30)
    expect(await ask(port, staying)).toEqual({ ...before })
  } finally {
    staying.destroy()
  }
}, 120_000)

const refusal = async (certFile: string, keyFile: string, env: Readonly<Record<string, string>> = {}): Promise<string> => {
  const single = startSingle({ DATA_DIR: path.join(folder, 'data'), TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, ...env })
  const { code, output } = await single.ended
  expect(code).toBe(78)
  expect(await readdir(folder)).not.toContain('data')
  const said = output.trim()
  expect(said).not.toContain('\n')
  expect(said).not.toMatch(/BEGIN|PRIVATE/)
  return said
}

it('refuses files that cannot serve, each in one sentence, before it makes anything', async () => {
  const [good, other, old] = [await issue(authority, 'good'), await issue(authority, 'other'), await issue(authority, 'old', -1)]
  await writeFile(path.join(folder, 'letter.txt'), 'dear')
  await mkdir(path.join(folder, 'directory'))
  expect(await refusal(good.certFile, other.keyFile)).toMatch(/^The key in \S+other\.key does not belong to the certificate in \S+good\.crt: /)
  expect(await refusal(old.certFile, old.keyFile)).toMatch(/^The certificate in \S+old\.crt expired on \d{4}-\S+; renew it\.$/)
  expect(await refusal(path.join(folder, 'letter.txt'), good.keyFile)).toMatch(/^TLS_CERT_FILE names the file \S+letter\.txt, which holds no certificate in PEM form\.$/)
  expect(await refusal(good.certFile, path.join(folder, 'letter.txt'))).toMatch(/^TLS_KEY_FILE names the file \S+letter\.txt, which holds no key in PEM form/)
  expect(await refusal(good.certFile, path.join(folder, 'nowhere'))).toBe(`TLS_KEY_FILE names the file ${path.join(folder, 'nowhere')}, which cannot be read.`)
  expect(await refusal(path.join(folder, 'directory'), good.keyFile)).toMatch(/^TLS_CERT_FILE names the file \S+directory, which cannot be read\.$/)
}, 60_000)

const startEdge = async (env: Readonly<Record<string, string>>): Promise<{ readonly single: Single; readonly port: number }> => {
  const [port = 0, closed = 0] = await freePorts(2)
  const away = `http://127.0.0.1:${closed}`
  const single = startProgram(process.execPath, [path.join(apps, 'edge/dist/main.js')], {
    PORT: String(port), DATA_DIR: path.join(folder, 'edge'), IDENTITY_URL: away, CONTROL_PLANE_URL: away, QUERY_GATEWAY_URL: away, LOG_LEVEL: 'warn', ...env,
  })
  return { single, port }
}

it('takes the same variables where the edge is a process of its own', async () => {
  const bare = await startEdge({ HOST: '0.0.0.0', PUBLIC_URL: 'https://db.example.com' })
  expect(await bare.single.ended).toMatchObject({ code: 78, output: expect.stringContaining('0.0.0.0 can be reached by other machines') })

  const given = await issue(authority, 'given')
  const old = await issue(authority, 'old', -1)
  const wrong = await startEdge({ PUBLIC_URL: 'https://db.example.com', TLS_CERT_FILE: old.certFile, TLS_KEY_FILE: old.keyFile })
  expect(await wrong.single.ended).toMatchObject({ code: 78, output: expect.stringMatching(/^The certificate in \S+ expired on [^\n]*\n$/) })

  const own = path.join(folder, 'own')
  await mkdir(own)
  await copyFile(given.certFile, path.join(own, 'tls.crt'))
  await copyFile(given.keyFile, path.join(own, 'tls.key'))
  await chmod(path.join(own, 'tls.key'), 0o600)
  const edge = await startEdge({ HOST: '0.0.0.0', PUBLIC_URL: 'https://db.example.com', TLS_CERT_FILE: path.join(own, 'tls.crt'), TLS_KEY_FILE: path.join(own, 'tls.key'), CORS_ORIGINS: '*' })
  const api = speakTo(`https://localhost:${edge.port}`, undefined, authority.ca)
  await until('the edge answers', async () => (await api('GET', '/healthz').catch(() => undefined))?.status === 200, 30)
  const answer = await api('GET', '/v2/shapes')
  expect([answer.status, faultsOf(answer)]).toEqual([503, []])
  const preflight = await api('OPTIONS', '/v2/databases', { headers: ['Origin', 'https://app.example.com', 'Access-Control-Request-Method', 'POST'] })
  expect([preflight.status, preflight.headers['access-control-allow-origin'], preflight.headers['access-control-allow-methods']]).toEqual([204, '*', 'GET, HEAD, POST'])
  edge.single.process.kill('SIGTERM')
  expect((await edge.single.ended).code).toBe(0)
}, 60_000)

it('makes its own authority in a process of its own too, and says where it is', async () => {
  const { single, port } = await startEdge({ HOST: '127.0.0.1', TLS: 'auto', PUBLIC_URL: 'https://localhost' })
  const file = path.join(folder, 'edge', 'tls', 'ca.crt')
  await until('it says whom to trust', async () => single.output().includes(file), 30)
  const api = speakTo(`https://localhost:${port}`, undefined, await readFile(file, 'utf8'))
  await until('the edge answers', async () => (await api('GET', '/healthz').catch(() => undefined))?.status === 200, 30)
}, 60_000)
