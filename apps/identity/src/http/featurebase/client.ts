import { type ExecutionContext, createParamDecorator } from '@nestjs/common'
import { shownFrom } from '@tenantry/auth'
import type { FastifyRequest } from 'fastify'
import type { Client } from '../../limits/client.js'

/** The program that asks, as a handler's parameter of type Client. What a proxy says of others is not believed, only noticed. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const { raw, id } = context.switchToHttp().getRequest<FastifyRequest>()
  return { ...shownFrom(raw), userAgent: raw.headers['user-agent'] ?? '', requestId: id }
})
