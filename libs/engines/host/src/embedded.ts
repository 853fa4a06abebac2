import { type EmbeddedEngineName, Problem } from '@tenantry/contracts'
import { type Target, embeddedEngines } from '@tenantry/engines-contract'

/** The engine of a database that lives in the host. Throws EngineUnavailable for one that is a server of its own. */
export const embeddedEngineOf = ({ engine }: Pick<Target, 'engine'>): EmbeddedEngineName => {
  const own = embeddedEngines.find((name) => name === engine)
  if (!own) throw new Problem('EngineUnavailable', `The engine host has no ${engine} databases.`)
  return own
}
