import type { EngineName } from '@tenantry/contracts'
import { type QueryLanguage, languagesOf } from '@tenantry/engines-contract'

/** What can be done with a database of an engine, beside what every database can. */
export interface Abilities {
  /** What it can be asked in. */
  readonly languages: readonly QueryLanguage[]
  /** Logins of its own, for clients that speak the engine's protocol. */
  readonly credentials: boolean
  /** Whether it ends statements that would make it larger than its shape allows. */
  readonly keepsSize: boolean
  readonly backups: boolean
}

/** What the gateway asks on its own behalf is nothing that a caller could ask in. */
const spoken = (languages: readonly QueryLanguage[]): readonly QueryLanguage[] => languages.filter((language) => language !== 'changes')

const embedded = { credentials: false, keepsSize: true, backups: false } as const

export const abilitiesOf: Readonly<Record<EngineName, Abilities>> = {
  sqlite: { ...embedded, languages: spoken(languagesOf.sqlite) },
  bitmap: { ...embedded, languages: spoken(languagesOf.bitmap) },
  postgres: { languages: ['sql'], credentials: true, keepsSize: false, backups: false },
  featurebase: { languages: ['sql', 'pql', 'schema'], credentials: false, keepsSize: false, backups: false },
}
