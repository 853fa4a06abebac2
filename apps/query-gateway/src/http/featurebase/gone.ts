import type { ServerResponse } from 'node:http'
import type { Gone } from '@tenantry/engines-contract'

/** Tells whether the client went away before it had its answer. It is looked at: a listener would cost every request what few need. */
export class ClientGone implements Gone {
  constructor(private readonly response: ServerResponse) {}

  get aborted(): boolean {
    return this.response.destroyed && !this.response.writableFinished
  }
}
