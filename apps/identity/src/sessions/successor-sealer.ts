import { Inject, Injectable } from '@nestjs/common'
import { type Sealer, createSealer, deriveKey } from '@tenantry/secrets'
import type { IdentityConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'

/** Keeps the token that followed a used one readable for a client that missed the answer, and for nobody with the table alone. */
@Injectable()
export class SuccessorSealer {
  private readonly sealer: Sealer

  constructor(@Inject(CONFIG) config: Pick<IdentityConfig, 'sealingKey'>) {
    this.sealer = createSealer(deriveKey(config.sealingKey, 'identity/refresh-successors'))
  }

  seal(successor: string, digest: Buffer): Buffer {
    return this.sealer.seal(successor, contextOf(digest))
  }

  open(sealed: Buffer, digest: Buffer): string {
    return this.sealer.open(sealed, contextOf(digest)).toString()
  }
}

const contextOf = (digest: Buffer): string => `refresh_tokens/successor/${digest.toString('hex')}`
