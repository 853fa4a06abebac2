import { rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import path from 'node:path'
import { embeddedEngineNames } from '@tenantry/contracts'
import { Exit } from '@tenantry/service'
import type { Readiness } from '@tenantry/service'
import type { FromHost } from '@tenantry/engines-contract'
import { Calls } from './calls.js'
import { HostClient } from './client.js'
import type { ClientAsk } from './client-asks.js'
import type { Desk } from './client.js'
import type { EngineHostConfig } from './config.js'
import type { Logger } from './logger.js'
import { clearRunFolder, fitsSocket, preparePlaces } from './places.js'
import { ChildPool } from './pool.js'
import type { PoolEvents } from './pool.js'
import { Relay } from './relay.js'
import { Storage } from './storage.js'
import { Watch } from './watch.js'

export interface EngineHost {
  /** Where clients on this machine connect. */
  readonly socketPath: string
  /** The TCP port, when the host listens on one. */
  readonly port: number | undefined
  ready(): Promise<Readiness>
  /** Prometheus text. */
  metrics(): Promise<string>
  /** Refuses new clients, lets statements end up to the deadline, and ends the children. */
  close(): Promise<void>
}

const probeMs = 1_000
/** Connections of other machines, and those among all connections that have not greeted yet. */
const mostFarClients = 256
const mostStrangers = 64

const answers = (socketPath: string): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(socketPath)
  const finish = (found: boolean) => {
    socket.destroy()
    resolve(found)
  }
  socket.setTimeout(probeMs, () => finish(true))
  socket.once('connect', () => finish(true))
  socket.once('error', () => finish(false))
})

const listen = (server: Server, where: { readonly path: string } | { readonly host: string; readonly port: number }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      resolve()
    })
  })

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))

/** Starts a host over the data folder of `config`. Throws one sentence when another host has it already. */
export const startEngineHost = async (config: EngineHostConfig, log: Logger): Promise<EngineHost> => {
  const places = preparePlaces(config.dataFolder)
  // The data folder's own socket is always opened: it is also what keeps a second host away from the data.
  const sockets = [...new Set([places.socket, config.socketPath ?? places.socket])]
  for (const socket of sockets) {
    if (!fitsSocket(socket)) throw new Exit(`The path ${socket} is too long for a socket; choose one of 100 bytes at most.`)
    if (await answers(socket)) throw new Exit(`Another engine host already serves ${socket}; stop it first or choose another DATA_DIR.`)
    await rm(socket, { force: true })
  }
  clearRunFolder(places)

  const clients = new Map<number, HostClient>()
  const events: PoolEvents = {
    moved(from, begun, databases) {
      log.info({ from: from.number, databases: databases.length }, 'databases moved away from a busy engine child')
      for (const client of clients.values()) client.tell({ type: 'moved', from: from.number, begun: begun.get(client.number) ?? [], databases })
    },
    gone(child, begun, running) {
      if (child.state !== 'closing') log.info({ child: child.number, running: running !== undefined }, 'an engine child has ended')
      for (const client of clients.values()) client.tell({ type: 'gone', child: child.number, begun: begun.get(client.number) ?? [] })
    },
  }
  const pool = new ChildPool(config, places, events, log)
  const storage = new Storage(places.tenants, places.templates)
  const calls = new Calls(storage, pool)
  const watch = new Watch(pool, ({ client, run }, verdict) => clients.get(client)?.tell({ type: 'ended', run, ...verdict }), config)

  const ask = async (client: HostClient, message: ClientAsk): Promise<FromHost | undefined> => {
    if (message.type === 'cancel') {
      watch.cancel(client.number, message.run)
      return undefined
    }
    const { id } = message
    if (message.type === 'list') return { type: 'listed', id, databases: await storage.list(message.after, message.limit) }
    if (message.type === 'measure') return { type: 'measured', id, bytes: await calls.bytes(message) }
    if (message.type === 'where') {
      const child = await calls.where(message)
      return { type: 'at', id, child: child.number, path: child.socket }
    }
    const observed = await calls.lifecycle(message.type, message)
    return { type: 'done', id, ...(observed && { observed }) }
  }

  let nextClient = 1
  let ready = false
  const serve = (secret: string | undefined, relay: Relay | undefined) => (socket: Socket): void => {
    // Only the port is open to strangers: those that crowd it must not keep the clients of this machine out.
    if (secret !== undefined && [...clients.values()].filter(({ isStranger }) => isStranger).length >= mostStrangers) {
      socket.destroy()
      return
    }
    const desk: Desk = { inFlight: config.queriesInFlight, secret, relay, ask, left: (client) => clients.delete(client.number) }
    const client = new HostClient(nextClient, socket, desk)
    clients.set(nextClient, client)
    nextClient += 1
  }
  const servers: Server[] = []
  let relay: Relay | undefined
  const open = async (secret: string | undefined, where: Parameters<typeof listen>[1]): Promise<Server> => {
    const server = createServer(serve(secret, secret === undefined ? undefined : relay))
    if (secret !== undefined) server.maxConnections = mostFarClients
    await listen(server, where)
    servers.push(server)
    return server
  }
  const end = async (): Promise<void> => {
    ready = false
    const listening = servers.map(closed)
    await pool.close(config.drainSeconds * 1_000)
    watch.close()
    relay?.close()
    for (const client of clients.values()) client.end()
    await Promise.all(listening)
  }

  try {
    await pool.start(embeddedEngineNames, (engine) => path.join(places.templates, engine))
    for (const socket of sockets) await open(undefined, { path: socket })
    relay = config.listen && new Relay(places.socket)
    const tcp = config.listen && await open(config.listen.secret, { host: config.listen.host, port: config.listen.port })
    const address = tcp?.address()
    ready = true
    log.info({ socket: places.socket }, 'the engine host is ready')
    return {
      socketPath: config.socketPath ?? places.socket,
      port: typeof address === 'object' ? address?.port : undefined,
      ready: async () => {
        const warm = [...pool.children].some(({ state }) => state === 'ready')
        return { ok: ready && warm, checks: { host: ready ? 'ok' : 'draining', children: warm ? 'ok' : 'none is ready' } }
      },
      metrics: async () => metricsText(pool, watch, clients.size),
      close: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

const metricsText = (pool: ChildPool, watch: Watch, clients: number): string => {
  const children = [...pool.children]
  const lines = [
    '# TYPE engine_children gauge',
    `engine_children ${children.length}`,
    '# TYPE engine_children_private gauge',
    `engine_children_private ${children.filter(({ apartFor }) => apartFor !== undefined).length}`,
    '# TYPE engine_databases_placed gauge',
    `engine_databases_placed ${children.reduce((sum, { owned }) => sum + owned.size, 0)}`,
    '# TYPE engine_clients gauge',
    `engine_clients ${clients}`,
    '# TYPE engine_statements_ended_total counter',
    ...[...watch.ended].map(([code, count]) => `engine_statements_ended_total{code="${code}"} ${count}`),
  ]
  return `${lines.join('\n')}\n`
}
