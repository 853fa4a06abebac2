import type { DatabaseLimits, EmbeddedEngineName, ProblemCode } from '@tenantry/contracts'
import type { Answer, QueryAsk, QueryLanguage } from './engine.js'

/** An engine that runs inside a child of the engine host. Its calls are synchronous: the host ends the process to stop one. */
export interface EmbeddedDriver {
  readonly name: EmbeddedEngineName
  /** Makes the folder that every new database is copied from; finds it there when it was made before. */
  makeTemplate(folder: string): void
  /** Opens the database in `folder`. MUST throw only EngineRefusal. */
  open(folder: string, limits: DatabaseLimits): EmbeddedDatabase
}

/** What each of them speaks. */
export const languagesOf: Readonly<Record<EmbeddedEngineName, readonly QueryLanguage[]>> = { sqlite: ['sql', 'graphql', 'changes'], bitmap: ['sql', 'pql', 'schema', 'import'] }

/** In the order of their numbers on the wire. The contracts' own list comes with schemas, which children have no room for. */
export const embeddedEngines = Object.keys(languagesOf) as readonly EmbeddedEngineName[]

/** What is known of a statement that ran here before. */
export interface KnownStatement {
  /** It changes nothing, whatever its caller may do. */
  readonly reads: boolean
  /** It took so little time that others may wait for it. */
  readonly quick: boolean
}

export interface EmbeddedAsk extends QueryAsk {
  readonly language: QueryLanguage
}

export interface EmbeddedDatabase {
  /** Costs next to nothing; undefined for a statement that is new or has been forgotten. */
  known(ask: EmbeddedAsk): KnownStatement | undefined
  /** Runs one request to its end. MUST throw only EngineRefusal, whose text holds no path: LanguageNotSupported for a language that it does not speak. */
  run(ask: EmbeddedAsk, limits: DatabaseLimits): Answer
  /** Whether something of several requests is under way, which closing would end. */
  readonly busy?: boolean
  /** Ends what several requests are under way with and takes it back: nobody is left to send the rest. Never throws. */
  giveUp?(): void
  /** Brings all data into the main file as far as possible and lets go of files and memory. Never throws. */
  close(): void
}

export interface RefusalFacts {
  readonly cause?: unknown
  readonly position?: number
  readonly retryAfterSeconds?: number
}

/**
 * A refusal inside an engine child. It is a Problem as soon as it has crossed the socket; children do not load the contracts'
 * schemas, which would add ten megabytes to each of them.
 */
export class EngineRefusal extends Error {
  readonly position: number | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(readonly code: ProblemCode, message: string, facts: RefusalFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'EngineRefusal'
    this.position = facts.position
    this.retryAfterSeconds = facts.retryAfterSeconds
  }
}
