import { type NatsConnection, connect } from '@nats-io/transport-node'
import type { Logger } from '@tenantry/service'

export type { NatsConnection } from '@nats-io/transport-node'

export interface NatsRules {
  readonly url: string
  readonly token: string
  /** Shown in the server's monitoring: which process this is. */
  readonly name: string
}

/**
 * Opens the one NATS connection of a service. It comes back by itself for as long as the process lives; while it is away,
 * whoever uses it meets its own deadline. NATS need not be there yet when this is called.
 */
export const connectNats = async (rules: NatsRules, logger: Logger): Promise<NatsConnection> => {
  const connection = await connect({
    servers: rules.url,
    token: rules.token,
    name: rules.name,
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    // A server that hangs is away after three seconds: what it would have told, revocations above all, is then asked for.
    pingInterval: 1_000,
    maxPingOut: 2,
    timeout: 5000,
    // A stack for each request and publish costs about a tenth of a millisecond, for an error that names its subject anyway.
    noAsyncTraces: true,
  })
  void report(connection, logger)
  return connection
}

const report = async (connection: NatsConnection, logger: Logger): Promise<void> => {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') logger.warn('NATS is away; events wait in the outbox')
    if (status.type === 'reconnect') logger.info('NATS is back')
  }
}

export const natsIsThere = (connection: NatsConnection): boolean =>
  !connection.isClosed() && !connection.isDraining() && (connection as { protocol?: { connected?: boolean } }).protocol?.connected !== false
