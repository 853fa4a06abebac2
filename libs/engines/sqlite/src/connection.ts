import type { DatabaseSync } from 'node:sqlite'
import type { Access } from '@tenantry/engines-contract'
import { closeFile, limitStorage as limitFile, openFile } from '@tenantry/engines-files'
import { makeGate } from './authorizer.js'
import type { Gate } from './authorizer.js'

export interface Connection {
  readonly database: DatabaseSync
  readonly gate: Gate
}

const limits = {
  // One value, one row and one JSON answer are at most this long, which keeps the memory of a statement flat.
  length: 16_000_000,
  sqlLength: 12_000_000,
  column: 2_000,
  exprDepth: 1_000,
  compoundSelect: 500,
  vdbeOp: 250_000,
  functionArg: 127,
  attach: 0,
  likePatternLength: 1_000,
  variableNumber: 1_000,
  triggerDepth: 10,
} as const

const cacheKib = 1_024

/** Opens the file with every limit set and the authorizer on. */
export const connect = (folder: string, access: Access): Connection => {
  const database = openFile(folder, { access, cacheKib, limits })
  const gate = makeGate()
  database.setAuthorizer(gate.authorize)
  return { database, gate }
}

/** Lets the file grow to `storageBytes` and no further. A file that is larger already keeps its size. */
export const limitStorage = ({ database, gate }: Connection, storageBytes: number): void => {
  gate.trusted = true
  try {
    limitFile(database, storageBytes)
  } finally {
    gate.trusted = false
  }
}

export const disconnect = ({ database }: Connection): void => closeFile(database)
