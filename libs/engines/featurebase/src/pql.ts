import { Problem } from '@tenantry/contracts'
import type { Access } from '@tenantry/engines-contract'
import { PqlError, type Query, hasWrites, parsePql, printPql, ruleOf, splitTablePrefix, walk } from '@tenantry/pql'
import { markName } from './marks.js'
import { mayOnlyRead } from './problems.js'

/** A request that may be sent, to the index of this name. */
export interface AdmittedPql {
  readonly index: string
  readonly text: string
  readonly reads: boolean
}

const indexForm = /^[a-z][a-z0-9_-]{0,229}$/i

/**
 * Reads a request and writes it anew from what was read, so that the server reads nothing else. Throws EngineRejectedQuery,
 * TableNotFound, LanguageNotSupported, Forbidden.
 */
export const admitPql = (written: string, access: Access): AdmittedPql => {
  const { table, text } = splitTablePrefix(written)
  const query = parsed(text)
  if (table === undefined) throw new Problem('EngineRejectedQuery', 'Name the table before the query, as in [table]Count(All()), or with ?table=.')
  for (const name of [table, ...namedIn(query)]) if (!indexForm.test(name) || isOurs(name)) throw noIndex(name)
  for (const call of walk(query.calls)) if (ruleOf(call.name).answer === 'unsupported') throw new Problem('LanguageNotSupported', `${call.name}() is not supported here.`)
  const reads = !hasWrites(query)
  if (!reads && access !== 'write') throw mayOnlyRead()
  return { index: table, text: printPql(query), reads }
}

const noIndex = (name: string): Problem => new Problem('TableNotFound', `executing: ${name.slice(0, 300)}: index not found`)

/** Names that are not the tenant's to use: what keeps the server, and the server's own tables. */
export const isOurs = (name: string): boolean => name.toLowerCase() === markName || name.toLowerCase().startsWith('fb_')

const parsed = (text: string): Query => {
  try {
    return parsePql(text)
  } catch (error) {
    if (error instanceof PqlError) throw new Problem('EngineRejectedQuery', `parsing: ${error.message}`, { cause: error })
    throw error
  }
}

/** The indexes that calls name beside the one of the request. */
const namedIn = (query: Query): readonly string[] => [...walk(query.calls)].flatMap(({ args }) => args.flatMap(({ key, value }) =>
  (key === 'index' || key === '_index') && value.kind === 'string' ? [value.value] : []))
