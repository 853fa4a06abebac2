import { type Certificate, type Logger, type Pair, keepHouse } from '@tenantry/service'
import type { TlsSource } from '../door.variables.js'
import { localTls } from './local-authority.js'
import { endOf, readPair } from './pair.js'

export interface CertificateRules {
  readonly source: TlsSource
  readonly dataDir: string
  readonly host: string
  readonly logger: Logger
  readonly now?: () => Date
  /** How often the files are looked at, or the age of our own certificate. */
  readonly everySeconds?: number
}

const filesEverySeconds = 5
const ownEverySeconds = 3_600
const warnDays = 14
const dayMs = 86_400_000

/** Takes the certificate into use. Throws Exit with one sentence when there is none that can serve. */
export const openCertificate = async (rules: CertificateRules): Promise<Certificate> => {
  const { source, dataDir, host, logger, now = () => new Date() } = rules
  const authority: { file?: string } = {}
  const find = async (): Promise<Pair> => {
    if (source.kind === 'files') return await readPair(source, now())
    const { authorityFile, ...pair } = await localTls(dataDir, host, now())
    authority.file = authorityFile
    return pair
  }
  const users: ((pair: Pair) => void)[] = []
  let pair = await find()
  let warnedAt = 0

  const warnOfItsEnd = (): void => {
    const left = endOf(pair).getTime() - now().getTime()
    if (left > warnDays * dayMs || now().getTime() - warnedAt < dayMs) return
    warnedAt = now().getTime()
    logger.warn({ expires: endOf(pair).toISOString() }, 'the certificate ends soon; renew it')
  }
  // What cannot be used is told once and not taken: connections go on with the pair that works.
  const refresh = async (): Promise<void> => {
    const found = await find()
    if (found.cert !== pair.cert || found.key !== pair.key) {
      pair = found
      warnedAt = 0
      for (const use of users) use(pair)
      logger.info({ expires: endOf(pair).toISOString() }, 'a new certificate is in use')
    }
    warnOfItsEnd()
  }
  warnOfItsEnd()
  const house = keepHouse({ certificate: { everySeconds: rules.everySeconds ?? (source.kind === 'files' ? filesEverySeconds : ownEverySeconds), run: refresh } }, logger)
  return { current: () => pair, authorityFile: authority.file, onChange: (use) => { users.push(use) }, stop: () => house.stop() }
}
