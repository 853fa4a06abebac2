import { CannotStart } from '../cannot-start.js'
import { natsInfoAt } from './handshake.js'
import { refusalOf, versionIn } from './version.js'

const secondsEach = 5

/** Passes when the first of the servers in `urls` (separated by commas) that answers is new enough and keeps streams. */
export const checkNats = async (urls: string): Promise<void> => {
  for (const url of urls.split(',').map((part) => part.trim())) {
    const info = await natsInfoAt(url, secondsEach)
    const version = info && versionIn(String(info['version']))
    if (!version) continue
    const refusal = refusalOf(version, `The server at ${new URL(url.includes('://') ? url : `nats://${url}`).host}`)
    if (refusal) throw new CannotStart(refusal)
    if (info['jetstream'] !== true) throw new CannotStart(`The NATS server at ${new URL(url).host} runs without JetStream: start it with -js.`)
    return
  }
  throw new CannotStart('No NATS server answers at NATS_URL: start it, or leave NATS_URL away to have one started here.')
}
