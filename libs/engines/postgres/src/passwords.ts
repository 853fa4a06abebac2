import { createHash, createHmac, hkdfSync, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'

const stretch = promisify(pbkdf2)
// What every client accepts; these passwords are random, so that more of it would protect nothing.
const iterations = 4096

const derive = (secret: string, info: string, bytes: number): Buffer => Buffer.from(hkdfSync('sha256', secret, '', info, bytes))

/** The password of a login that the gateway uses: known to whoever has the secret of the server, and kept nowhere. */
export const passwordOf = (secret: string, role: string): string => derive(secret, `postgres login ${role}`, 32).toString('base64url')

/** A password that nobody can guess, without a character that a connection string would have to escape. */
export const newPassword = (): string => randomBytes(24).toString('base64url')

/** What the server keeps of a password, by which it can check it and from which nobody can tell it. */
export const verifierOf = async (password: string, salt: Buffer = randomBytes(16)): Promise<string> => {
  const salted = await stretch(password, salt, iterations, 32, 'sha256')
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`
}

/** The same for the same login each time: a changed one can be told. */
export const ownVerifierOf = (secret: string, role: string): Promise<string> => verifierOf(passwordOf(secret, role), derive(secret, `postgres salt ${role}`, 16))
