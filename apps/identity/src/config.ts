import {
  type Environment, aloneConfig, aloneVariables, neighbourConfig, neighbourVariables, parseConfig, recordsConfig, recordsVariables, variable,
} from '@tenantry/service'
import { z } from 'zod'
import type { MailRoad } from './mail/transport.js'

const masterKeyBytes = 32

/** A master key: at least 32 bytes in base64url. */
const masterKey = () => z.string().regex(/^[A-Za-z0-9_-]+={0,2}$/, 'must be base64url').transform((text) => Buffer.from(text, 'base64url'))
  .refine((key) => key.length >= masterKeyBytes, `must hold at least ${masterKeyBytes} bytes`)

const mailOf = ({ SMTP_URL: url, MAIL_DIR: folder, MAIL_FROM: from }: { readonly SMTP_URL?: string | undefined; readonly MAIL_DIR?: string | undefined; readonly MAIL_FROM: string }) => {
  const road: MailRoad | undefined = url !== undefined ? { kind: 'smtp', url } : folder !== undefined ? { kind: 'folder', folder } : undefined
  return road && { road, from }
}

const schema = z.object({
  ...aloneVariables(3001),
  ...recordsVariables,
  ...neighbourVariables,
  SEALING_KEY: masterKey(),
  PEPPER: masterKey(),
  BCRYPT_COST: z.coerce.number().int().min(4).max(16).default(10),
  SIGNUP: z.enum(['open', 'closed', 'invite']).default('open'),
  BOOTSTRAP_TOKEN: variable.secret().optional(),
  ROTATE_KEYS_DAYS: variable.positive(90),
  /** How long a key that signs tokens is published before its first token. */
  KEY_LEAD_SECONDS: variable.positive(600),
  /** Where mail goes out: smtp://user:password@host:587, or smtps://. It holds a password, so a file may be named instead. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** Without SMTP_URL, the folder that mails are written to. */
  MAIL_DIR: z.string().min(1).optional(),
  MAIL_FROM: z.string().regex(/^[^\r\n]{3,320}$/, 'must be an address, with or without a name').default('Tenantry <tenantry@localhost>'),
}).transform((env) => ({
  ...aloneConfig(env),
  ...recordsConfig(env),
  ...neighbourConfig(env),
  sealingKey: env.SEALING_KEY,
  pepper: env.PEPPER,
  bcryptCost: env.BCRYPT_COST,
  signUp: env.SIGNUP,
  keysPerOrg: env.KEYS_PER_ORG,
  signUpsPerHour: env.SIGNUPS_PER_HOUR,
  failedLoginsPerMinute: env.FAILED_LOGINS_PER_MINUTE,
  failedTokensPerMinute: env.FAILED_TOKENS_PER_MINUTE,
  mailsPerHour: env.MAILS_PER_HOUR,
  wrongPasswords: env.WRONG_PASSWORDS,
  wrongPasswordWaitSeconds: env.WRONG_PASSWORD_WAIT_SECONDS,
  bootstrapToken: env.BOOTSTRAP_TOKEN,
  rotateKeysDays: env.ROTATE_KEYS_DAYS,
  keyLeadSeconds: env.KEY_LEAD_SECONDS,
  mail: mailOf(env),
}))

export type IdentityConfig = Readonly<z.infer<typeof schema>>

export const parseIdentityConfig = (env: Environment): IdentityConfig => parseConfig(schema, env)
