import type { Permission } from '@tenantry/contracts'
import type { Call } from './credential.js'
import type { Gatekeeper } from './gatekeeper.js'
import { may } from './rights.js'

/** Undefined while what this caller was let in by still holds, as far as is known here; else a promise that says so, or rejects with why not. */
export const mayStay = (gatekeeper: Gatekeeper, call: Call, permission: Permission): Promise<unknown> | undefined => {
  const caller = gatekeeper.peek(call)
  const rights = caller && gatekeeper.peekRights(caller)
  return rights && may(rights, permission) ? undefined : admitAgain(gatekeeper, call, permission)
}

const admitAgain = async (gatekeeper: Gatekeeper, call: Call, permission: Permission): Promise<void> => {
  await gatekeeper.require(await gatekeeper.admit(call), permission)
}
