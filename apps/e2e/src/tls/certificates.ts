import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const

export interface Authority {
  readonly folder: string
  readonly ca: string
}

export interface IssuedFiles {
  readonly certFile: string
  readonly keyFile: string
}

/** An authority of the test's own, as an operator's company would have one. */
export const makeAuthority = async (parent: string): Promise<Authority> => {
  const folder = path.join(parent, 'authority')
  await mkdir(folder)
  await run('openssl', ['req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=Test authority'], { cwd: folder })
  return { folder, ca: await readFile(path.join(folder, 'ca.crt'), 'utf8') }
}

/** A certificate of the authority for localhost; with negative days it has expired. */
export const issue = async ({ folder }: Authority, name: string, days = 2): Promise<IssuedFiles> => {
  await writeFile(path.join(folder, `${name}.ext`), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  await run('openssl', ['req', '-new', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`], { cwd: folder })
  await run('openssl', ['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days), '-extfile', `${name}.ext`, '-out', `${name}.crt`], { cwd: folder })
  return { certFile: path.join(folder, `${name}.crt`), keyFile: path.join(folder, `${name}.key`) }
}

/** Puts a file in the place of another one in one step, as those who renew certificates do. */
export const putInPlace = async (from: string, to: string): Promise<void> => {
  await copyFile(from, `${to}.new`)
  await rename(`${to}.new`, to)
}
