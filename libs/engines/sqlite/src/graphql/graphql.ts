import { createRequire } from 'node:module'
import { EngineRefusal, graphqlLimits } from '@tenantry/engines-contract'
import type { Access, EmbeddedAsk, KnownStatement } from '@tenantry/engines-contract'
import type * as Library from '@tenantry/graphql-sql'
import type { Answered, GraphqlApi, Prepared } from '@tenantry/graphql-sql'
import type { Connection } from '../connection.js'
import { SqliteCatalogue } from './catalogue.js'
import { SqliteRunner } from './runner.js'

let loaded: typeof Library | undefined

/** Twenty megabytes that a child has no use for as long as nobody asks in GraphQL. */
const library = (): typeof Library => loaded ??= createRequire(import.meta.url)('@tenantry/graphql-sql') as typeof Library

/** A request as GraphQL's clients send it. */
interface Request {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: unknown
}

const requestIn = (text: string): Request => {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    throw new EngineRefusal('EngineRejectedQuery', 'The request is not valid JSON.', { cause: error })
  }
  const { query, operationName, variables } = typeof body === 'object' && body !== null ? body as Partial<Record<keyof Request, unknown>> : {}
  if (typeof query !== 'string') throw new EngineRefusal('EngineRejectedQuery', 'The request has no "query" with the text of a document.')
  if (operationName != null && typeof operationName !== 'string') throw new EngineRefusal('EngineRejectedQuery', 'The "operationName" of a request is a text.')
  return { query, operationName: operationName ?? undefined, variables }
}

const mostKept = 256
const quickMs = 0.25
const longestKept = 64 * 1024

/** A prepared document, and whether its last run took so little time that others may wait for it. */
interface Plan {
  readonly prepared: Prepared
  isQuick: boolean
}

interface Speaker {
  readonly api: GraphqlApi
  readonly plans: Map<string, Plan>
}

const keyOf = ({ query, operationName }: Request): string => operationName === undefined ? query : `${operationName}\n${query}`

/** GraphQL of one database: its schema, and what was planned for it. */
export class SqliteGraphql {
  private readonly speakers: Partial<Record<Access, Speaker>> = {}
  private catalogue: SqliteCatalogue | undefined
  private isStale = false
  /** The request that was read last: what is asked about it first, whoever runs it asks again. */
  private last: { readonly text: string; readonly request: Request } | undefined

  constructor(private readonly addressOf: (table: string, column: string) => string) {}

  /** What is known of a request's document; undefined for one that is new or no request. */
  known(access: Access, text: string): KnownStatement | undefined {
    const plans = this.speakers[access]?.plans
    if (!plans || plans.size === 0) return undefined
    try {
      const plan = plans.get(keyOf(this.requestOf(text)))
      return plan && { reads: plan.prepared.kind === 'query', quick: plan.isQuick }
    } catch (error) {
      // What is wrong with it is told to whoever runs it.
      if (error instanceof EngineRefusal) return undefined
      throw error
    }
  }

  run(connection: Connection, ask: EmbeddedAsk, inTransaction: <T>(work: () => T) => T): Answered {
    const began = performance.now()
    const request = this.requestOf(ask.text)
    const plan = this.plan(connection, ask.access, request)
    const answered = plan.prepared.run(request.variables, new SqliteRunner(connection, ask.limits, inTransaction, library().SqlFault))
    plan.isQuick = performance.now() - began < quickMs
    return answered
  }

  private requestOf(text: string): Request {
    if (this.last?.text === text) return this.last.request
    const request = requestIn(text)
    this.last = text.length <= longestKept ? { text, request } : undefined
    return request
  }

  /** The schema has changed: what is known of the tables is read again where it may be another. */
  forget(): void {
    this.isStale = true
    delete this.speakers.read
    delete this.speakers.write
  }

  close(): void {
    this.forget()
    this.catalogue = undefined
    this.last = undefined
  }

  private plan(connection: Connection, access: Access, request: Request): Plan {
    const { api, plans } = this.speaker(connection, access)
    const key = keyOf(request)
    const known = plans.get(key)
    if (known) {
      plans.delete(key)
      plans.set(key, known)
      return known
    }
    const made = { prepared: api.prepare(request.query, request.operationName), isQuick: false }
    if (key.length <= longestKept) plans.set(key, made)
    const [oldest] = plans.size > mostKept ? plans.keys() : []
    if (oldest !== undefined) plans.delete(oldest)
    return made
  }

  private speaker(connection: Connection, access: Access): Speaker {
    const known = this.speakers[access]
    if (known) return known
    const { apiOf, sqlite } = library()
    if (!this.catalogue || this.isStale) this.catalogue = new SqliteCatalogue(connection, this.catalogue)
    this.isStale = false
    const made = { api: apiOf(this.catalogue, { limits: graphqlLimits, dialect: sqlite(this.addressOf), access: access === 'read' ? 'read' : 'read+write' }), plans: new Map<string, Plan>() }
    this.speakers[access] = made
    return made
  }
}
