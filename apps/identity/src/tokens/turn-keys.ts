import { Problem } from '@tenantry/contracts'
import { z } from 'zod'
import type { Keyring } from './keyring.js'

/** What an operator calls it, under /internal. */
export const turnKeysName = 'identity.signing-keys.rotate'

const wish = z.strictObject({ at_once: z.boolean().default(false) })

/**
 * Turns the keys that sign tokens. `at_once` is for keys that may be known to somebody: it takes the old ones away, and whoever
 * has a token must renew it. Throws InvalidBody.
 */
export const turnKeys = async (keyring: Keyring, body: unknown): Promise<{ readonly keys: readonly (string | undefined)[]; readonly signs: string }> => {
  const { data } = wish.safeParse(body ?? {})
  if (!data) throw new Problem('InvalidBody', 'Send an empty object, or {"at_once": true}.')
  await (data.at_once ? keyring.replace() : keyring.rotate())
  return { keys: keyring.jwks().keys.map(({ kid }) => kid), signs: keyring.current().kid }
}
