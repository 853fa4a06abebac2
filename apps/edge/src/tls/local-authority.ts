import { execFile } from 'node:child_process'
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { access, chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { isIP } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { Exit, type Pair } from '@tenantry/service'

const run = promisify(execFile)
const authorityDays = 3_650
const certificateDays = 397
const renewDays = 30
const dayMs = 86_400_000

export interface LocalTls extends Pair {
  /** The certificate that clients are told to trust. */
  readonly authorityFile: string
}

const openssl = async (folder: string, ...args: readonly string[]): Promise<void> => {
  try {
    await run('openssl', args, { cwd: folder, timeout: 30_000 })
  } catch (error) {
    const isAbsent = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'
    if (isAbsent) throw new Exit('TLS=auto needs the program openssl, which is not installed; install it, or set TLS_CERT_FILE and TLS_KEY_FILE.')
    throw new Exit(`openssl could not make a certificate in ${folder}: ${error instanceof Error ? error.message.trim() : String(error)}`, undefined, error)
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const

const isGood = async (file: string, names: readonly string[], now: Date): Promise<boolean> => {
  try {
    const certificate = new X509Certificate(await readFile(file))
    const isFresh = certificate.validToDate.getTime() - now.getTime() > renewDays * dayMs
    return isFresh && names.every((name) => isIP(name) ? certificate.checkIP(name) !== undefined : certificate.checkHost(name) !== undefined)
  } catch {
    return false
  }
}

const isThere = (file: string): Promise<boolean> => access(file).then(() => true, () => false)

const makeAuthority = async (folder: string): Promise<void> => {
  await openssl(folder, 'req', '-x509', ...newKey, '-keyout', 'ca.key.new', '-out', 'ca.crt.new', '-days', String(authorityDays),
    '-subj', `/CN=Tenantry local authority ${hostname()}`, '-addext', 'basicConstraints=critical,CA:TRUE,pathlen:0', '-addext', 'keyUsage=critical,keyCertSign,cRLSign')
  await chmod(path.join(folder, 'ca.key.new'), 0o600)
  await rename(path.join(folder, 'ca.key.new'), path.join(folder, 'ca.key'))
  await rename(path.join(folder, 'ca.crt.new'), path.join(folder, 'ca.crt'))
}

const makeCertificate = async (folder: string, names: readonly string[]): Promise<void> => {
  if (!await isThere(path.join(folder, 'ca.key'))) {
    throw new Exit(`The key of the local authority, ${path.join(folder, 'ca.key')}, is missing, and a new certificate is due; restore it from a backup, or remove ${folder} and have clients trust the authority that is made then.`)
  }
  const alternatives = names.map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`).join(',')
  await writeFile(path.join(folder, 'server.ext'), `subjectAltName=${alternatives}\nbasicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n`)
  await openssl(folder, 'req', '-new', ...newKey, '-keyout', 'server.key.new', '-out', 'server.csr', '-subj', '/CN=Tenantry')
  await openssl(folder, 'x509', '-req', '-in', 'server.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'server.crt.new', '-days', String(certificateDays), '-extfile', 'server.ext')
  await chmod(path.join(folder, 'server.key.new'), 0o600)
  await rename(path.join(folder, 'server.key.new'), path.join(folder, 'server.key'))
  await rename(path.join(folder, 'server.crt.new'), path.join(folder, 'server.crt'))
  await Promise.all(['server.csr', 'server.ext'].map((name) => rm(path.join(folder, name), { force: true })))
}

const pairs = async (folder: string): Promise<boolean> => {
  try {
    const certificate = new X509Certificate(await readFile(path.join(folder, 'server.crt')))
    return certificate.checkPrivateKey(createPrivateKey(await readFile(path.join(folder, 'server.key'))))
      && certificate.verify(new X509Certificate(await readFile(path.join(folder, 'ca.crt'))).publicKey)
  } catch {
    return false
  }
}

/** A certificate for this machine, signed by an authority that lives in the data directory; both are made when they are due. */
export const localTls = async (dataDir: string, host: string, now = new Date()): Promise<LocalTls> => {
  const folder = path.join(dataDir, 'tls')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const isAddress = isIP(host) !== 0
  const wildcard = ['0.0.0.0', '::'].includes(host)
  const names = [...new Set(['localhost', '127.0.0.1', '::1', hostname(), ...(wildcard || (isAddress && host.startsWith('127.')) ? [] : [host])])]
  if (!await isGood(path.join(folder, 'ca.crt'), [], now)) await makeAuthority(folder)
  if (!await isGood(path.join(folder, 'server.crt'), names, now) || !await pairs(folder)) await makeCertificate(folder, names)
  return {
    cert: await readFile(path.join(folder, 'server.crt'), 'utf8'),
    key: await readFile(path.join(folder, 'server.key'), 'utf8'),
    authorityFile: path.join(folder, 'ca.crt'),
  }
}
