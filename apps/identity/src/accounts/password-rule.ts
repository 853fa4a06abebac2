import { Problem, emailKey } from '@tenantry/contracts'
import { isCommon } from './common-passwords.js'

const bytes = { min: 8, max: 1024 } as const

/** A password in the one form in which it is hashed, so that every keyboard's spelling of it is the same. */
export const normalised = (password: string): string => password.normalize('NFKC')

/** Throws InvalidParameter for a password that nobody may have. */
export const checkPassword = (password: string, email: string): void => {
  const length = Buffer.byteLength(normalised(password))
  if (length < bytes.min || length > bytes.max) throw new Problem('InvalidParameter', `password must have ${bytes.min} to ${bytes.max} bytes.`)
  if (isCommon(normalised(password))) throw new Problem('InvalidParameter', 'password is one of those that are tried first; choose another one.')
  if (emailKey(normalised(password)) === emailKey(email)) throw new Problem('InvalidParameter', 'password must not be the e-mail address.')
}
