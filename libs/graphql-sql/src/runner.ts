import type { SqlValue } from './plan/sql.js'

/** A statement that the database refused: its caller is at fault, and reads `message`. Whatever else goes wrong is thrown as it is. */
export class SqlFault extends Error {}

/** A statement, and what is wanted of it: its first row, all its rows, or only how many it changed. */
export interface Ask {
  readonly wants: 'row' | 'rows' | 'change'
  readonly text: string
  readonly values: readonly SqlValue[]
}

export interface Found {
  readonly rows: readonly (readonly unknown[])[]
  /** How many rows a change has changed; 0 for all others. */
  readonly changes: number
}

/** Work that asks for statements as it goes on. */
export type Running<T> = Generator<Ask, T, Found>

/** What runs statements. MUST throw SqlFault for what a statement did wrong. */
export interface Runner {
  run(ask: Ask): Found
  /** All or nothing: what `work` throws takes its changes with it. */
  transaction<T>(work: () => T): T
}

/** The same, over a wire. */
export interface AsyncRunner {
  run(ask: Ask): Promise<Found>
  transaction<T>(work: () => Promise<T>): Promise<T>
}

export const drive = <T>(running: Running<T>, run: (ask: Ask) => Found): T => {
  let step = running.next()
  while (step.done !== true) {
    let found: Found
    try {
      found = run(step.value)
    } catch (error) {
      step = running.throw(error)
      continue
    }
    step = running.next(found)
  }
  return step.value
}

export const driveAsync = async <T>(running: Running<T>, run: (ask: Ask) => Promise<Found>): Promise<T> => {
  let step = running.next()
  while (step.done !== true) {
    let found: Found
    try {
      found = await run(step.value)
    } catch (error) {
      step = running.throw(error)
      continue
    }
    step = running.next(found)
  }
  return step.value
}
