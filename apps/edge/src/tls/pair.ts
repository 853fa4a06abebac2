import { X509Certificate, createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { Exit, type Pair } from '@tenantry/service'

export interface PairFiles {
  readonly certFile: string
  readonly keyFile: string
}

const read = async (name: string, file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Exit(`${name} names the file ${file}, which cannot be read.`, undefined, error)
  }
}

const attempted = <T>(make: () => T): T | undefined => {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** When the certificate ends. */
export const endOf = ({ cert }: Pick<Pair, 'cert'>): Date => new X509Certificate(cert).validToDate

const fault = ({ cert, key }: Pair, { certFile, keyFile }: PairFiles, now: Date): string | undefined => {
  const certificate = attempted(() => new X509Certificate(cert))
  if (!certificate) return `TLS_CERT_FILE names the file ${certFile}, which holds no certificate in PEM form.`
  const privateKey = attempted(() => createPrivateKey(key))
  if (!privateKey) return `TLS_KEY_FILE names the file ${keyFile}, which holds no key in PEM form that can be read without a passphrase.`
  if (!certificate.checkPrivateKey(privateKey)) return `The key in ${keyFile} does not belong to the certificate in ${certFile}: give the two that were made together, the server's own certificate first.`
  if (certificate.validToDate <= now) return `The certificate in ${certFile} expired on ${certificate.validToDate.toISOString()}; renew it.`
  if (certificate.validFromDate > now) return `The certificate in ${certFile} is not valid before ${certificate.validFromDate.toISOString()}; look at this machine's clock.`
  if (!attempted(() => createSecureContext({ cert, key }))) return `The certificate in ${certFile} and its key cannot be used for TLS; their keys may be too short.`
  return undefined
}

/** Reads a pair that an operator gave. Throws Exit with one sentence when it cannot serve now. */
export const readPair = async (files: PairFiles, now = new Date()): Promise<Pair> => {
  const pair = { cert: await read('TLS_CERT_FILE', files.certFile), key: await read('TLS_KEY_FILE', files.keyFile) }
  const wrong = fault(pair, files, now)
  if (wrong !== undefined) throw new Exit(wrong)
  return pair
}
