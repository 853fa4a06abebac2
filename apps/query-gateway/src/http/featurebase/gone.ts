import type { ServerResponse } from 'node:http'
import type { Gatekeeper } from '@tenantry/auth'
import { type Principal, Problem } from '@tenantry/contracts'
import type { Asker } from '../../queries/run-query.js'

/**
 * Tells whether nobody waits for an answer any more: the client went away before it had it, or may not have it, because what the
 * caller was proven by has ended with them. It is looked at: a listener would cost every request what few need.
 */
export class CallerGone implements Asker {
  constructor(private readonly response: ServerResponse, private readonly gatekeeper: Pick<Gatekeeper, 'hasEnded'>, private readonly caller: Principal) {}

  get aborted(): boolean {
    return (this.response.destroyed && !this.response.writableFinished) || this.gatekeeper.hasEnded(this.caller)
  }

  get refusal(): Problem | undefined {
    return this.gatekeeper.hasEnded(this.caller) ? new Problem('InvalidCredentials', 'The credential was revoked while the statement ran, and the statement was ended.') : undefined
  }
}
