import { KeysUsedSchema, keysUsedSubject } from '@tenantry/auth'
import type { NatsConnection } from '@tenantry/events'
import type { Logger } from '@tenantry/service'
import type { KeysService } from './keys.service.js'

/** Writes down when keys were last used, as the gatekeepers tell. One process of the service takes each telling; a lost one is no loss. */
export const listenToKeysUsed = (connection: NatsConnection, keys: KeysService, logger: Logger): void => {
  connection.subscribe(keysUsedSubject, {
    queue: 'identity',
    callback: (error, message) => {
      if (error) return
      Promise.resolve().then(() => keys.markUsed(KeysUsedSchema.parse(message.json())))
        .catch((cause: unknown) => logger.warn({ error: cause }, 'the last use of some keys was not written down'))
    },
  })
}
