import { EngineRefusal } from '@tenantry/engines-contract'
import { refusalOf as refusalOfFile } from '@tenantry/engines-files'

/** What SQLite or Node said, as a refusal; what the authorizer said goes before it. */
export const refusalOf = (error: unknown, deniedBecause?: string): EngineRefusal => {
  if (error instanceof EngineRefusal || deniedBecause === undefined) return refusalOfFile(error)
  return new EngineRefusal('EngineRejectedQuery', deniedBecause, { cause: error })
}
