import { z } from 'zod'
import { variable } from '@tenantry/service'
import { parseProxies } from './caller-address.js'
import { parseOrigins } from './cors.js'
import { parseHosts } from './hosts.js'

const parsed = <T>(parse: (text: string) => T | undefined, message: string) => z.string().default('').transform((text, context) => {
  const value = parse(text)
  if (value !== undefined) return value
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

/** What every program of ours that lets the world in is told by the same variables. */
export const doorVariables = {
  /** How the world reaches this installation; it is also the issuer of tokens. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')).optional(),
  TRUSTED_PROXIES: parsed(parseProxies, 'must be addresses or networks separated by commas, like 10.0.0.0/8, ::1'),
  /** Names in the Host header that are taken beside that of PUBLIC_URL, addresses and names without a dot. */
  ALLOWED_HOSTS: parsed(parseHosts, 'must be names separated by commas, like db.example.com, *.internal.example.com'),
  /** Origins whose pages may call. */
  CORS_ORIGINS: parsed(parseOrigins, 'must be origins separated by commas, like https://app.example.com, or *'),
  /** "auto" makes a local certificate authority in DATA_DIR/tls. */
  TLS: z.enum(['off', 'auto']).default('off'),
  TLS_CERT_FILE: z.string().min(1).optional(),
  TLS_KEY_FILE: z.string().min(1).optional(),
  DATA_DIR: z.string().min(1).default('.tenantry'),
  /** Allows an address other than loopback without TLS. */
  INSECURE: variable.flag(),
}

const loopback = new Set(['localhost', '127.0.0.1', '::1'])
export const isLoopback = (host: string): boolean => loopback.has(host) || /^127(?:\.\d{1,3}){3}$/.test(host)

const values = z.object({ ...doorVariables, HOST: z.string() })
type DoorValues = Readonly<z.infer<typeof values>>

/** Where the certificate comes from. */
export type TlsSource =
  | { readonly kind: 'auto' }
  | { readonly kind: 'files'; readonly certFile: string; readonly keyFile: string }

/** Tells what does not go together. */
export const checkDoor = (env: DoorValues, context: z.RefinementCtx): void => {
  const wrong = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
  if ((env.TLS_CERT_FILE === undefined) !== (env.TLS_KEY_FILE === undefined)) wrong('TLS_CERT_FILE', 'and TLS_KEY_FILE must be set together')
  else if (env.TLS === 'auto' && env.TLS_CERT_FILE !== undefined) wrong('TLS', 'auto makes a certificate, and TLS_CERT_FILE brings one: set one of them')
  const encrypted = env.TLS !== 'off' || env.TLS_CERT_FILE !== undefined
  if (!isLoopback(env.HOST) && !encrypted && !env.INSECURE) {
    wrong('HOST', `${env.HOST} can be reached by other machines: set TLS_CERT_FILE and TLS_KEY_FILE, or TLS=auto, or INSECURE=1 if something in front ends TLS`)
  }
  if (encrypted && env.PUBLIC_URL?.startsWith('http://')) wrong('PUBLIC_URL', 'must begin with https:// when TLS is on')
}

const tlsOf = (env: DoorValues): TlsSource | undefined => {
  if (env.TLS_CERT_FILE !== undefined && env.TLS_KEY_FILE !== undefined) return { kind: 'files', certFile: env.TLS_CERT_FILE, keyFile: env.TLS_KEY_FILE }
  return env.TLS === 'auto' ? { kind: 'auto' } : undefined
}

export const doorConfig = (env: DoorValues) => ({
  publicUrl: env.PUBLIC_URL,
  trustedProxies: env.TRUSTED_PROXIES,
  allowedHosts: env.ALLOWED_HOSTS,
  corsOrigins: env.CORS_ORIGINS,
  dataDir: env.DATA_DIR,
  tls: tlsOf(env),
})
