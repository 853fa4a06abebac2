import { Inject, Injectable } from '@nestjs/common'
import { callerAddress } from '@tenantry/auth'
import { type Principal, Problem } from '@tenantry/contracts'
import type { AskInternal } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { AccountsService, loginFailed } from '../accounts/accounts.service.js'
import type { Client } from '../limits/client.js'
import { ASK } from '../platform/platform.module.js'
import { LogIn } from '../sessions/log-in.js'
import { EraseAccount } from './erase-account.js'

/**
 * Somebody deletes their account. Who was in which org is the control plane's to end, and first; what says who they were is erased on
 * its answer, or on its news of it, whichever comes first.
 */
@Injectable()
export class DeleteAccount {
  constructor(@Inject(ASK) private readonly ask: AskInternal, private readonly source: DataSource, private readonly accounts: AccountsService,
    private readonly logIn: LogIn, private readonly erasing: EraseAccount) {}

  /** Throws Forbidden, LoginFailed, TooManyRequests, LastOwner; ServiceUnavailable while the control plane is away. */
  async run({ userId, credential }: Principal, password: string, client: Client): Promise<void> {
    if (credential.kind !== 'session') throw new Problem('Forbidden', 'An API key may not delete the account; log in as its owner.')
    const account = await this.accounts.findWhole(userId)
    if (!account) throw loginFailed()
    await this.logIn.prove(account.email, password, client)
    await this.ask('control.account.end', {
      userId, isAddressProven: account.emailVerified, sessionId: credential.id, address: callerAddress(client), requestId: client.requestId ?? '',
    })
    await inTransaction(this.source, (tx) => this.erasing.run(tx, userId))
  }
}
