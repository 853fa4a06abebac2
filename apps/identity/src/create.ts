import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { assemble, checkSchema, migrateSchema } from '@tenantry/assembly'
import type { GatekeeperPorts } from '@tenantry/auth'
import { Problem } from '@tenantry/contracts'
import { problemWire } from '@tenantry/dialects-featurebase'
import { forgetRepeats } from '@tenantry/deeds'
import { mountOrder, mountOrders } from '@tenantry/events'
import type { Logger, RunningService } from '@tenantry/service'
import { AccountsService } from './accounts/accounts.service.js'
import { AppModule } from './app.module.js'
import type { IdentityConfig } from './config.js'
import { mountLinkPage } from './http/pages/link-page.js'
import { listenToKeysUsed } from './keys/keys-used.listener.js'
import { KeyQuotas } from './keys/key-quotas.service.js'
import { KeysService } from './keys/keys.service.js'
import { Limits } from './limits/limits.service.js'
import { LinksService } from './links/links.service.js'
import { Letters } from './mail/letters.js'
import { Postman } from './mail/postman.js'
import { openTransport } from './mail/transport.js'
import { OperatorsService } from './operators/operators.service.js'
import { RevocationsService } from './revocations/revocations.service.js'
import { SessionsService } from './sessions/sessions.service.js'
import { identitySource, schema } from './source.js'
import { Keyring } from './tokens/keyring.js'
import { turnKeys, turnKeysName } from './tokens/turn-keys.js'

interface Features {
  readonly keyring: Keyring
  readonly keys: KeysService
  readonly keyQuotas: KeyQuotas
  readonly limits: Limits
  readonly links: LinksService
  readonly revocations: RevocationsService
  readonly sessions: SessionsService
}

export const migrateIdentity = (config: IdentityConfig): Promise<void> => migrateSchema(identitySource({ ...config, poolSize: 3 }), schema)

/** Throws Exit when a newer version has made the schema, before anything is changed. */
export const checkIdentitySchema = (config: IdentityConfig): Promise<void> => checkSchema(identitySource({ ...config, poolSize: 3 }), schema)

/** Starts identity: accounts, logins, tokens and keys. Throws Exit when its schema or its sealing key does not fit. */
export const createIdentity = async (config: IdentityConfig, logger: Logger): Promise<RunningService> => {
  const source = identitySource(config)
  // What other services ask for is known here: the guard asks the features, which exist once the app is put together.
  const made = Promise.withResolvers<Features>()
  let postman: Postman | undefined
  return await assemble({
    name: 'identity',
    config,
    logger,
    wire: problemWire,
    bodyLimitBytes: config.limits.ACCOUNT_BODY_BYTES,
    records: { source, schema, stream: 'IDENTITY' },
    ownPorts: () => ownPorts(made.promise),
    module: (parts) => AppModule.with(config, source, parts),
    routes: (fastify, app, { connection, problems }) => {
      const features = featuresOf(app)
      made.resolve(features)
      postman = postmanOf(config, app, logger)
      mountLinkPage(fastify, problems)
      mountOrder(fastify, turnKeysName, config.internalToken, (body) => turnKeys(features.keyring, body))
      mountOrders(fastify, config.internalToken, app.get(OperatorsService).orders())
      listenToKeysUsed(connection, features.keys, logger)
    },
    checks: { keyring: async () => (await made.promise).keyring.current() },
    chores: (app) => ({ ...choresOf(featuresOf(app), postman, logger), repeats: { everySeconds: 60, run: () => forgetRepeats(source) } }),
    close: async () => postman?.stop(),
  })
}

const featuresOf = (app: NestFastifyApplication): Features => ({
  keyring: app.get(Keyring), keys: app.get(KeysService), keyQuotas: app.get(KeyQuotas), limits: app.get(Limits), links: app.get(LinksService),
  revocations: app.get(RevocationsService), sessions: app.get(SessionsService),
})

const ownPorts = (made: Promise<Features>): Partial<GatekeeperPorts> => ({
  jwks: async () => (await made).keyring.jwks(),
  verifyKey: async (digest, from) => (await made).keys.verify(digest, from).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'KeyNotFound') return undefined
    throw error
  }),
  revocationsSince: async (seq) => (await made).revocations.since(seq),
})

const postmanOf = ({ mail, publicUrl }: IdentityConfig, app: NestFastifyApplication, logger: Logger): Postman | undefined => mail && new Postman({
  letters: app.get(Letters), accounts: app.get(AccountsService), links: app.get(LinksService), transport: openTransport(mail.road, mail.from), publicUrl, logger,
})

const choresOf = ({ keyring, keyQuotas, limits, links, revocations, sessions }: Features, postman: Postman | undefined, logger: Logger) => ({
  ...(postman && { mail: { everySeconds: 1, run: () => postman.work() } }),
  keyQuotas: { everySeconds: 300, run: () => repair(keyQuotas, logger) },
  links: { everySeconds: 3600, run: () => links.clean() },
  keyring: { everySeconds: keyring.tendSeconds, run: () => keyring.tend() },
  limits: { everySeconds: 60, run: () => limits.clean() },
  revocations: { everySeconds: 3600, run: () => revocations.clean() },
  sessions: { everySeconds: 3600, run: () => sessions.clean() },
})

const repair = async (quotas: KeyQuotas, logger: Logger): Promise<void> => {
  for (const found of await quotas.repair()) logger.warn(found, 'the count of an org\'s keys was wrong and is corrected')
}
