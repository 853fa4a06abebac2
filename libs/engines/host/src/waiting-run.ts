import { Problem } from '@tenantry/contracts'
import type { Answer, Gone, RunMessage } from '@tenantry/engines-contract'

/** One statement from the moment it is asked until it is answered; it may wait at several children one after another. */
export class WaitingRun {
  /** Rows that have come so far from the child that runs it. */
  parts: Buffer[] = []
  attempts = 0
  private over = false

  constructor(
    readonly message: RunMessage, readonly key: string, readonly text: string | Buffer, readonly org: string | undefined, readonly gone: Gone,
    private readonly resolve: (answer: Answer) => void, private readonly reject: (problem: Problem) => void,
    private readonly finished: (run: WaitingRun) => void,
  ) {}

  get settled(): boolean {
    return this.over
  }

  get write(): boolean {
    return this.message.access === 'write'
  }

  answer(answer: Answer): void {
    if (this.end()) this.resolve(answer)
  }

  refuse(problem: Problem): void {
    if (this.end()) this.reject(problem)
  }

  private end(): boolean {
    if (this.over) return false
    this.over = true
    this.finished(this)
    return true
  }
}

export const engineAway = (message = 'The engine is not there at the moment; try again.'): Problem =>
  new Problem('EngineUnavailable', message, { retryAfterSeconds: 1 })

export const mayHaveRun = (): Problem =>
  engineAway('The engine ended while the statement may have been running; look whether it took effect before trying again.')

export const tooManyQueries = (): Problem =>
  new Problem('TooManyQueries', 'Too many statements wait already; try again.', { retryAfterSeconds: 1 })
