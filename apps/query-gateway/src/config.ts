import { featurebaseServersOf, featurebaseVariables } from '@tenantry/engines-featurebase'
import { engineAddress, engineVariables } from '@tenantry/engines-host'
import { postgresVariables } from '@tenantry/engines-postgres'
import { type Environment, aloneConfig, aloneVariables, neighbourConfig, neighbourVariables, parseConfig, variable } from '@tenantry/service'
import { z } from 'zod'

const schema = z.object({
  ...aloneVariables(3004, 35),
  ...neighbourVariables,
  ...engineVariables,
  ...postgresVariables,
  /** How often a stream of answers says that it lives while nothing changes. */
  EVENT_BEAT_SECONDS: variable.positive(15),
  ...featurebaseVariables,
}).transform((env, context) => ({
  ...aloneConfig(env),
  ...neighbourConfig(env),
  engineHost: engineAddress(env, context),
  postgresServers: env.POSTGRES_SERVERS,
  featurebaseServers: featurebaseServersOf(env, context),
  outgoing: { smallBytes: 64 * 1024, mostBytes: env.ANSWERS_UNREAD_BYTES, seconds: env.ANSWER_READ_SECONDS },
  turns: { running: env.QUERIES_IN_FLIGHT, waiting: env.QUERIES_WAITING, waitingInAll: env.QUERIES_WAITING_IN_ALL, waitSeconds: env.QUERY_TIMEOUT_SECONDS },
  orgTurns: {
    running: env.QUERIES_IN_FLIGHT_PER_ORG, runningInAll: env.QUERIES_IN_FLIGHT_IN_ALL, waiting: env.QUERIES_WAITING_PER_ORG, textBytes: env.QUERIES_WAITING_BYTES,
  },
  imports: { bytes: env.IMPORT_BYTES, seconds: env.IMPORT_SECONDS, silenceSeconds: env.REQUEST_SECONDS, perOrg: env.IMPORTS_PER_ORG, inAll: env.IMPORTS_IN_ALL },
  eventBeatSeconds: env.EVENT_BEAT_SECONDS,
  queryTextBytes: env.QUERY_TEXT_BYTES,
  queryLimits: { seconds: env.QUERY_TIMEOUT_SECONDS, answerBytes: env.ANSWER_BYTES, answerRows: env.ANSWER_ROWS },
}))

export type QueryGatewayConfig = Readonly<z.infer<typeof schema>>

export const parseQueryGatewayConfig = (env: Environment): QueryGatewayConfig => parseConfig(schema, env)
