import { type ExecutionContext, createParamDecorator } from '@nestjs/common'
import { sayStanding, shownFrom } from '@tenantry/auth'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Client } from '../../limits/client.js'

/** The program that asks, as a handler's parameter of type Client. What a proxy says of others is not believed, only noticed. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const http = context.switchToHttp()
  const { raw, id } = http.getRequest<FastifyRequest>()
  const { raw: answer } = http.getResponse<FastifyReply>()
  return { ...shownFrom(raw), userAgent: raw.headers['user-agent'] ?? '', requestId: id, tell: (seen) => sayStanding(answer, { seen }) }
})
