import type { DatabaseId, DatabaseLimits, EngineName } from '@tenantry/contracts'

/** One tenant database as an engine knows it. (databaseId, generation) names the data and every effect on it. */
export interface Target {
  readonly databaseId: DatabaseId
  readonly generation: number
  readonly engine: EngineName
  /** The engine host that owns the files; 'local' on one machine. */
  readonly node: string
  readonly limits: DatabaseLimits
  /** Whose it is. Databases of one org share what one org may use of a machine; the engine makes nothing else of it. */
  readonly orgId?: string
}

export type Access = 'read' | 'write'
/** A value for a parameter. A whole number that a `number` would round is a `bigint`; all others are numbers, as they were written. */
export type QueryParameter = string | number | bigint | boolean | null

/** What one statement may cost. The engine MUST end the statement when any of them is passed. */
export interface QueryLimits {
  readonly seconds: number
  readonly answerBytes: number
  readonly answerRows: number
}

/**
 * What an engine may be asked in: what is read and answered in each is its own. `schema` is FeatureBase's; an empty text asks for it. An
 * `import` is several requests: see the engine that takes it. A request in `graphql` is the JSON that its clients send, and the data of
 * its answer the whole JSON that they are sent back: what a document did wrong stands in there, and is no refusal. `changes` is asked
 * with an empty text: the data of its answer is a JSON text that is another one as soon as anything in the database is.
 */
export const queryLanguages = ['sql', 'pql', 'schema', 'import', 'graphql', 'changes'] as const
export type QueryLanguage = (typeof queryLanguages)[number]

/** Each as people write it. */
export const languageNames: Readonly<Record<QueryLanguage, string>> = { sql: 'SQL', pql: 'PQL', schema: 'SCHEMA', import: 'IMPORT', graphql: 'GraphQL', changes: 'CHANGES' }

/** One request in a language of the engine. */
export interface QueryAsk {
  readonly text: string
  /** The engine itself enforces this; nobody reads the text to find out what it does. */
  readonly access: Access
  /** The values of the statement's parameters, in their order. */
  readonly params?: readonly QueryParameter[]
  /** Data that goes with it, of any kind; there is no text then. A megabyte at most. */
  readonly bytes?: Buffer
  /** Whether the answer shall tell how the statement was run. */
  readonly plan?: boolean
  readonly limits: QueryLimits
}

/** The answer to one request, already in JSON: nobody between the engine and the caller parses it again. */
export interface Answer {
  /** A JSON array of field objects: `[{"name":"id","type":"int",…},…]`; empty where the language has none. */
  readonly fields: Buffer
  /** A JSON array: rows for SQL, each an array of values, `[[1,"a"],…]`; what each call gave for PQL. PQL without a call gives `null`, GraphQL an object. */
  readonly data: Buffer
  readonly rows: number
  /** Time spent in the engine, in microseconds. */
  readonly micros: number
  /** A JSON value that tells how the statement was run; there when the ask said `plan`. */
  readonly plan?: Buffer
  /** A JSON array of texts for whoever asked; there only when it holds any. */
  readonly warnings?: Buffer
}

/** Tells whether whoever asked has gone. An AbortSignal does, and so does anything cheaper that is looked at now and then. */
export interface Gone {
  readonly aborted: boolean
}

export interface QueryPort {
  /**
   * Runs one request. MUST stop the work inside the engine within a second of `gone` saying so. MUST throw only Problem:
   * EngineRejectedQuery (the statement is at fault; the text is the engine's own, free of paths), QueryTimeout, QueryCancelled,
   * AnswerTooLarge, TooManyQueries, DatabaseNotFound, StorageFull, EngineUnavailable.
   */
  run(target: Target, ask: QueryAsk, gone: Gone): Promise<Answer>
}

/** What an engine sees of one generation of a database. `removed` can still be brought back; `purged` never comes back. */
export type Observed = 'absent' | 'running' | 'stopped' | 'removed' | 'purged'

/** What a login of a tenant's own may do: all, change data, or read it. */
export const credentialKinds = ['owner', 'read-write', 'read-only'] as const
export type CredentialKind = (typeof credentialKinds)[number]

/** A login as it is remembered: its password is nowhere, only what it is checked by. */
export interface StoredCredential {
  readonly id: string
  readonly kind: CredentialKind
  readonly verifier: string
  /** Whether it gets in by TLS alone. */
  readonly tls: boolean
}

export interface CredentialsPort {
  /**
   * Makes these the logins of the tenant, and no others. One that is not among them, or has another verifier than before, MUST not get in
   * any more when this settles, and its sessions have been ended. MUST throw only Problem.
   */
  settle(target: Target, credentials: readonly StoredCredential[], signal: AbortSignal): Promise<void>
}

/** What only the engine can measure. */
export interface MetricsPort {
  /** What the data takes on disk in bytes, whether the database runs or is stopped. MUST throw only Problem: DatabaseNotFound, EngineUnavailable. */
  sizeBytes(target: Target, signal: AbortSignal): Promise<number>
  /** What a server that is the database's own measures of itself, as whole families of OpenMetrics. MUST throw only Problem. */
  families?(target: Target, signal: AbortSignal): Promise<string>
}

/** Each call may run twice, in any process, and MUST then change nothing; each MUST throw only Problem. */
export interface LifecyclePort {
  observe(target: Target, signal: AbortSignal): Promise<Observed>
  /** Makes the data exist, empty, or finds it there. MUST refuse a generation that was removed or purged (DatabaseInWrongState). */
  ensure(target: Target, signal: AbortSignal): Promise<void>
  /** Refuses statements from now on and lets go of files and memory; the data stays. */
  stop(target: Target, signal: AbortSignal): Promise<void>
  start(target: Target, signal: AbortSignal): Promise<void>
  /** Puts the data out of reach; `restore` brings it back until `purge` has run. */
  remove(target: Target, signal: AbortSignal): Promise<void>
  restore(target: Target, signal: AbortSignal): Promise<void>
  /** Ends removed data for good. Leaves a mark, so that a late `ensure` cannot bring the generation back to life. */
  purge(target: Target, signal: AbortSignal): Promise<void>
}

/** An engine is a value with abilities: a language it does not speak is a property it does not have. */
export interface Engine {
  readonly name: EngineName
  readonly lifecycle: LifecyclePort
  readonly sql?: QueryPort
  readonly pql?: QueryPort
  readonly schema?: QueryPort
  readonly import?: QueryPort
  readonly graphql?: QueryPort
  readonly changes?: QueryPort
  readonly credentials?: CredentialsPort
  readonly metrics?: MetricsPort
}
