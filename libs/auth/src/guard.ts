import { type CanActivate, type ExecutionContext, Inject, Injectable, createParamDecorator } from '@nestjs/common'
import { type Operation, type Principal, Problem } from '@tenantry/contracts'
import { operationOf } from '@tenantry/http'
import type { FastifyRequest } from 'fastify'
import { countCaller } from './counting.js'
import type { Gatekeeper } from './gatekeeper.js'

export const gatekeeperToken = Symbol('gatekeeper')

const callers = new WeakMap<FastifyRequest, Principal>()

/** Admits the caller of an operation as its `permission` says, and remembers who it was. */
export const admitTo = async (gatekeeper: Gatekeeper, { permission }: Pick<Operation, 'permission'>, request: FastifyRequest): Promise<Principal | undefined> =>
  permission === 'anyone' ? undefined : await admitCaller(gatekeeper, { permission }, request)

/** The same for an operation that is not for anyone, also on raw Fastify. */
export const admitCaller = async (gatekeeper: Gatekeeper, { permission }: { readonly permission: Exclude<Operation['permission'], 'anyone'> }, request: FastifyRequest): Promise<Principal> => {
  const principal = await gatekeeper.admit(request.raw)
  countCaller(request, principal)
  if (permission === 'caller') await gatekeeper.rightsOf(principal)
  else await gatekeeper.require(principal, permission)
  callers.set(request, principal)
  return principal
}

/** Who was admitted; undefined on routes for anyone and before the guard. */
export const callerOf = (request: FastifyRequest): Principal | undefined => callers.get(request)

/** The guard of a whole app: nothing is reached but through an operation and its permission. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(@Inject(gatekeeperToken) private readonly gatekeeper: Gatekeeper) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true
    const request = context.switchToHttp().getRequest<FastifyRequest>()
    const operation = operationOf(request)
    if (!operation) throw new Error(`${request.method} ${request.routeOptions.url ?? ''} has no operation, so nobody may call it.`)
    await admitTo(this.gatekeeper, operation, request)
    return true
  }
}

/** The admitted caller, as a handler's parameter of type Principal. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = callerOf(context.switchToHttp().getRequest<FastifyRequest>())
  if (!principal) throw new Problem('MissingCredentials', 'This route needs a credential.')
  return principal
})
