import { type ExecutionContext, createParamDecorator } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import type { Client } from '../../limits/client.js'

const forwarding = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const

/** The program that asks, as a handler's parameter of type Client. What a proxy says of others is not believed, only noticed. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const { raw } = context.switchToHttp().getRequest<FastifyRequest>()
  return {
    address: raw.socket.remoteAddress ?? '',
    chain: String(raw.headers['x-forwarded-for'] ?? ''),
    userAgent: raw.headers['user-agent'] ?? '',
    direct: forwarding.every((name) => raw.headers[name] === undefined),
  }
})
