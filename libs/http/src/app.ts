import 'reflect-metadata'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DynamicModule, LoggerService, Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { Problem } from '@tenantry/contracts'
import { type Readiness, type ServiceMetrics, privateHeaderPairs, requestIdOf } from '@tenantry/service'
import type { FastifyInstance } from 'fastify'
import { type JsonLimits, readBodies } from './body.js'
import { type ProblemRules, ProblemsFilter } from './problems.filter.js'

export interface HttpAppRules extends ProblemRules {
  readonly metrics: ServiceMetrics
  readonly bodyLimitBytes: number
  readonly limits: JsonLimits
  readonly ready: () => Promise<Readiness>
  /** Paths that clients have always sent, and the ones that they mean. */
  readonly paths?: ReadonlyMap<string, string> | undefined
  /** Adds to the app before it is initialised: a transport to connect, raw routes to mount. */
  readonly prepare?: (app: NestFastifyApplication, fastify: FastifyInstance) => void | Promise<void>
}

export interface HttpApp {
  readonly app: NestFastifyApplication
  readonly fastify: FastifyInstance
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** A Nest application that answers requests given to it: it opens no port and catches no signal. */
export const createHttpApp = async (module: Type | DynamicModule, rules: HttpAppRules): Promise<HttpApp> => {
  const { paths } = rules
  const adapter = new FastifyAdapter({
    bodyLimit: rules.bodyLimitBytes,
    requestIdHeader: false,
    // Longer ids are judged by their operation, in its own words; the URL itself is bounded by the size of the headers.
    routerOptions: { maxParamLength: 16_384 },
    genReqId: (request: { headers: IncomingMessage['headers'] }) => requestIdOf(request.headers['x-request-id']),
    return503OnClosing: false,
    ...(paths && { rewriteUrl: ({ url = '/' }: IncomingMessage) => paths.get(url) ?? url }),
  })
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: nestLogger(rules), abortOnError: false, bodyParser: false })
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance
  readBodies(fastify, rules.limits)
  addHooks(fastify, rules)
  addHealth(fastify, rules)
  app.useGlobalFilters(new ProblemsFilter(rules))
  await rules.prepare?.(app, fastify)
  refuseEncoded(fastify)
  await app.startAllMicroservices()
  await app.init()
  await fastify.ready()
  return { app, fastify, handle: (request, response) => { fastify.routing(request, response) } }
}

const isMediaType = (type: string | undefined): boolean => type === undefined || /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;.*)?$/.test(type)

// A body that is packed may be a thousand times larger than its length says.
const isEncoded = (encoding: string | undefined): boolean => encoding !== undefined && !/^\s*(identity)?\s*$/i.test(encoding)

const addHooks = (fastify: FastifyInstance, rules: HttpAppRules): void => {
  fastify.addHook('onRequest', (request, reply, done) => {
    // A type that is none would end the request before its operation has said whether it minds.
    if (!isMediaType(request.headers['content-type'])) request.raw.headers['content-type'] = 'text/plain'
    reply.raw.setHeader('x-request-id', request.id)
    for (const [name, value] of privateHeaderPairs) reply.raw.setHeader(name, value)
    done()
  })
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    rules.metrics.requests.labels(request.method, route, String(reply.statusCode)).observe(reply.elapsedTime / 1000)
    rules.logger.debug({ requestId: request.id, method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 100) / 100 }, 'request')
    done()
  })
}

/** After whatever else looks at a request before it is read: who counts requests counts those that are no good, too. */
const refuseEncoded = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(isEncoded(request.headers['content-encoding']) ? new Problem('UnsupportedEncoding', 'Send the body as it is: no content encoding is read here.') : undefined)
  })
}

const addHealth = (fastify: FastifyInstance, rules: HttpAppRules): void => {
  fastify.get('/healthz', (_request, reply) => { void reply.type('text/plain').send('ok\n') })
  fastify.get('/readyz', async (_request, reply) => {
    const { ok } = await rules.ready()
    return await reply.code(ok ? 200 : 503).type('application/json').send({ ok })
  })
}

const nestLogger = ({ logger }: HttpAppRules): LoggerService => ({
  log: (message: unknown) => logger.debug(String(message)),
  debug: (message: unknown) => logger.debug(String(message)),
  verbose: (message: unknown) => logger.trace(String(message)),
  warn: (message: unknown) => logger.warn(String(message)),
  error: (message: unknown, ...rest: unknown[]) => logger.error({ rest }, message instanceof Error ? (message.stack ?? message.message) : String(message)),
})
