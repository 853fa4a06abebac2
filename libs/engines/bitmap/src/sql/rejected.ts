import { EngineRefusal } from '@tenantry/engines-contract'

/** A statement that cannot be run as it is, in words. */
export const rejected = (message: string): never => { throw new EngineRefusal('EngineRejectedQuery', message) }
