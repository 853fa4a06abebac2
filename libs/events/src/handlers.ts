import type { EventSubject, RequestName } from '@tenantry/contracts'
import { EventPattern, MessagePattern } from '@nestjs/microservices'

export const tenantryTransport = Symbol('tenantry')

/** Work that must happen: one process of the service takes each event, and it comes again until the handler has succeeded. */
export const Work = (subject: EventSubject): MethodDecorator => EventPattern<string>(`work:${subject}`, tenantryTransport)

/** News for caches: every process hears every event, from now on, and none comes twice. */
export const Heard = (subject: EventSubject): MethodDecorator => EventPattern<string>(`heard:${subject}`, tenantryTransport)

/** One of the internal calls. */
export const Answers = (name: RequestName): MethodDecorator => MessagePattern(`ask:${name}`, tenantryTransport)
