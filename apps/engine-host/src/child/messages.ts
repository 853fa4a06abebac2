import type { DatabaseId, EmbeddedEngineName } from '@tenantry/contracts'

/** How a child is started; the one argument on its command line. */
export interface ChildOptions {
  readonly socket: string
  readonly note: string
  /** Statements of one database that wait or run here at a time. */
  readonly inFlight: number
  readonly openDatabases: number
  readonly bitmaps: BitmapLimits
}

/** What the bitmaps of one database may cost. */
export interface BitmapLimits {
  /** Their memory. */
  readonly bitmapBytes: number
  /** How many changes of records wait until they are saved. */
  readonly mostWaiting: number
}

export interface OwnedDatabase {
  /** Names this ownership: a database that comes back to a child comes under a new slot. */
  readonly slot: number
  readonly database: DatabaseId
  readonly generation: number
  readonly engine: EmbeddedEngineName
  readonly folder: string
  /** What the database may grow to, as far as its client has said. */
  readonly storageBytes: number
  /** Whose it is; a database that nobody is named for stands for itself. */
  readonly org: string
}

/** What the host tells a child over their channel. */
export type ToEngineChild =
  | { readonly type: 'template'; readonly engine: EmbeddedEngineName; readonly folder: string }
  | { readonly type: 'own'; readonly call: number; readonly databases: readonly OwnedDatabase[] }
  | { readonly type: 'disown'; readonly slots: readonly number[]; readonly revision: number }
  | { readonly type: 'close' }

export type FromEngineChild =
  | { readonly type: 'ready' }
  | { readonly type: 'made'; readonly engine: EmbeddedEngineName; readonly problem?: string }
  | { readonly type: 'owned'; readonly call: number }
  | { readonly type: 'released'; readonly slots: readonly number[] }
