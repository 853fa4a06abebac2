import { AckPolicy, type ConsumerMessages, DeliverPolicy, type JetStreamManager, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices'
import {
  type EventSubject, Problem, type RequestName, type StreamName, eventSchemas, internalSubject, problemData, requestSchemas, streamOf,
} from '@tenantry/contracts'
import type { Logger } from '@tenantry/service'
import { lastValueFrom } from 'rxjs'
import type { FailedEvent } from './failures.js'
import { tenantryTransport } from './handlers.js'
import { KeyedQueue } from './keyed.queue.js'
import { ensureStream, isNotFound } from './streams.js'

const seconds = 1_000_000_000
const ackWaitSeconds = 30
const heartbeatMs = 10_000
const backoffMs = [1000, 2000, 5000, 10_000, 30_000] as const
const restartMs = [100, 250, 500, 1000, 2000] as const

export interface ListeningRules {
  readonly connection: NatsConnection
  /** The service's name: it names its durable consumers and its queue group. */
  readonly service: string
  readonly logger: Logger
  /** Counts an unforeseen failure and says whether the event is put aside for good. Needed by services that do work. */
  readonly noteFailure?: (event: FailedEvent, error: unknown) => Promise<boolean>
  /** Called when news may have been missed: caches must doubt what they hold. */
  readonly onGap?: () => void
}

/**
 * Nest's road to NATS: JetStream for events, request/reply for the internal calls. Work goes through one durable pull consumer
 * a stream, acknowledged after the handler's commit; events of one record are handled in order, those of others side by side.
 */
export class JetStreamServer extends Server implements CustomTransportStrategy {
  override readonly transportId = tenantryTransport
  private readonly queue = new KeyedQueue()
  private readonly open = new Set<ConsumerMessages>()
  private readonly loops: Promise<void>[] = []
  private subscriptions: Subscription[] = []
  private closing = false

  constructor(private readonly rules: ListeningRules) {
    super()
  }

  override listen(callback: (...parameters: unknown[]) => unknown): void {
    const subjects = (kind: string): string[] => [...this.messageHandlers.keys()].filter((key) => key.startsWith(kind)).map((key) => key.slice(kind.length))
    for (const name of subjects('ask:')) this.subscriptions.push(this.answer(name as RequestName))
    for (const [stream, list] of byStream(subjects('work:'))) this.loops.push(this.keepGoing(stream, list, 'work'))
    for (const [stream, list] of byStream(subjects('heard:'))) this.loops.push(this.keepGoing(stream, list, 'heard'))
    callback()
  }

  override async close(): Promise<void> {
    this.closing = true
    for (const subscription of this.subscriptions) subscription.unsubscribe()
    await Promise.all([...this.open].map((messages) => messages.close()))
    await Promise.all(this.loops)
    await this.queue.idle()
  }

  override on(): never {
    throw new Error('This transport reports through the service log.')
  }

  override unwrap<T>(): T {
    return this.rules.connection as T
  }

  /** Answers one internal call, whichever way it came. Throws Problem. */
  async reply(name: RequestName, body: unknown): Promise<unknown> {
    const handler = this.messageHandlers.get(`ask:${name}`)
    const ask = requestSchemas[name]?.ask.safeParse(body)
    if (!handler || !ask) throw new Problem('RouteNotFound', `Nobody here answers ${name}.`)
    if (!ask.success) throw new Problem('InvalidBody', `${name} was asked in a way it does not understand.`, { cause: ask.error })
    return await this.handled(handler, ask.data)
  }

  private answer(name: RequestName): Subscription {
    const respond = (message: Msg): void => {
      this.reply(name, message.json()).then((answer) => ({ answer }), (error: unknown) => ({ problem: this.told(error) }))
        .then((said) => message.respond(JSON.stringify(said)))
        .catch((error: unknown) => this.rules.logger.warn({ error, name }, 'an answer could not be sent'))
    }
    return this.rules.connection.subscribe(internalSubject(name), { queue: this.rules.service, callback: (error, message) => { if (!error) respond(message) } })
  }

  private told(error: unknown): ReturnType<typeof problemData> {
    if (error instanceof Problem && error.kind !== 'unexpected') return problemData(error)
    this.rules.logger.error({ error }, 'an internal call failed')
    return { code: 'InternalError', message: 'Something went wrong on our side.' }
  }

  /** Consumes until closed; whatever ends a consumer (stream gone, server gone, stuck) is answered by making it again. */
  private async keepGoing(stream: StreamName, subjects: readonly string[], kind: 'work' | 'heard'): Promise<void> {
    for (let failed = 0; !this.closing; failed++) {
      try {
        const messages = await this.consume(stream, subjects, kind)
        // Closing may have begun while the consumer was being made. Its close() would wait for a reader that never comes.
        if (this.closing) return void messages.close()
        this.open.add(messages)
        if (kind === 'heard') this.rules.onGap?.()
        failed = 0
        for await (const message of messages) this.take(message, kind, stream)
        this.open.delete(messages)
      } catch (error) {
        if (!isNotFound(error) && failed === 3) this.rules.logger.warn({ error, stream, kind }, 'events cannot be taken; trying on')
      }
      if (!this.closing) await new Promise((resolve) => setTimeout(resolve, restartMs[Math.min(failed, restartMs.length - 1)]))
    }
  }

  private async consume(stream: StreamName, subjects: readonly string[], kind: 'work' | 'heard'): Promise<ConsumerMessages> {
    const manager = await jetstreamManager(this.rules.connection, { timeout: 2000 })
    await ensureStream(manager, stream)
    const consumer = kind === 'work'
      ? await this.durable(manager, stream, subjects)
      : await jetstream(this.rules.connection).consumers.get(stream, { filter_subjects: [...subjects], deliver_policy: DeliverPolicy.New })
    return await consumer.consume({ max_messages: 64, expires: 10_000, idle_heartbeat: 2000, abort_on_missing_resource: true })
  }

  private async durable(manager: JetStreamManager, stream: StreamName, subjects: readonly string[]) {
    const name = `${this.rules.service}-${stream.toLowerCase()}`
    // One that an earlier version has made may listen to less: a consumer that is there is changed, and not made again.
    if (await isThere(manager, stream, name)) await manager.consumers.update(stream, name, { filter_subjects: [...subjects] })
    else {
      await manager.consumers.add(stream, {
        durable_name: name,
        ack_policy: AckPolicy.Explicit,
        ack_wait: ackWaitSeconds * seconds,
        max_deliver: -1,
        max_ack_pending: 64,
        filter_subjects: [...subjects],
        deliver_policy: DeliverPolicy.All,
      })
    }
    return await jetstream(this.rules.connection).consumers.get(stream, name)
  }

  private take(message: JsMsg, kind: 'work' | 'heard', stream: StreamName): void {
    const schema = eventSchemas[message.subject as EventSubject]
    const handler = this.messageHandlers.get(`${kind}:${message.subject}`)
    if (!schema || !handler) return message.term('no handler')
    const event = schema.safeParse(parsed(message))
    if (!event.success) {
      this.rules.logger.error({ subject: message.subject, error: event.error }, 'an event does not fit its schema; it is dropped')
      return message.term('does not fit its schema')
    }
    const about = 'databaseId' in event.data ? event.data.databaseId : 'userId' in event.data ? event.data.userId : message.subject
    if (kind === 'heard') void this.queue.run(about, () => this.hear(handler, event.data, message.subject))
    else void this.queue.run(about, () => this.work(handler, event.data, message, stream))
  }

  private async hear(handler: MessageHandler, event: unknown, subject: string): Promise<void> {
    await this.handled(handler, event).catch((error: unknown) => this.rules.logger.error({ error, subject }, 'news could not be taken'))
  }

  private async work(handler: MessageHandler, event: { id: string }, message: JsMsg, stream: StreamName): Promise<void> {
    const alive = setInterval(() => message.working(), heartbeatMs)
    try {
      await this.handled(handler, event)
      message.ack()
    } catch (error) {
      await this.failed(error, event, message, stream)
    } finally {
      clearInterval(alive)
    }
  }

  private async failed(error: unknown, event: { id: string }, message: JsMsg, stream: StreamName): Promise<void> {
    const again = backoffMs[Math.min(message.info.deliveryCount - 1, backoffMs.length - 1)]
    const known = error instanceof Problem ? error.kind : undefined
    if (known === 'unavailable' || known === 'notReady' || this.closing) return message.nak(again)
    this.rules.logger.error({ error, subject: message.subject, event: event.id }, 'an event could not be handled')
    if (known === 'invalid' || known === 'missing') return message.term(error instanceof Error ? error.message : 'invalid')
    const failedEvent = { consumer: `${this.rules.service}-${stream.toLowerCase()}`, id: event.id, subject: message.subject, payload: event }
    const parked = await this.rules.noteFailure?.(failedEvent, error).catch(() => false)
    if (parked) message.term('put aside after too many failures')
    else message.nak(again)
  }

  private async handled(handler: MessageHandler, data: unknown): Promise<unknown> {
    const result: unknown = await handler(data)
    return isObservableLike(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result
  }
}

const isThere = async (manager: JetStreamManager, stream: StreamName, name: string): Promise<boolean> => {
  try {
    await manager.consumers.info(stream, name)
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

const parsed = (message: JsMsg): unknown => {
  try {
    return message.json()
  } catch {
    // Not even JSON: it fits no schema, which is what the caller then says.
    return undefined
  }
}

const isObservableLike = (value: unknown): value is Parameters<typeof lastValueFrom>[0] =>
  typeof value === 'object' && value !== null && 'subscribe' in value

const byStream = (subjects: readonly string[]): Map<StreamName, string[]> => {
  const streams = new Map<StreamName, string[]>()
  for (const subject of subjects) {
    const stream = streamOf(subject as EventSubject)
    streams.set(stream, [...(streams.get(stream) ?? []), subject])
  }
  return streams
}
