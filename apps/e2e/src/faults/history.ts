import type { Answer } from '../story/api.js'

/** What became of something that was asked. Of what was neither promised nor refused, either may be true for ever after. */
export type Outcome = 'done' | 'refused' | 'unknown'

export interface Line {
  readonly at: number
  readonly who: string
  readonly what: string
  readonly outcome: Outcome
  readonly status: number | string
  readonly said: string
}

const mostLinesTold = 40

/** Every request of a run and what was answered, in the order of the answers. */
export class History {
  readonly lines: Line[] = []
  /** What must not be answered whatever is broken: an error of ours, a refusal of what was granted, an absence of what was promised. */
  readonly wrong: string[] = []
  private readonly counts = { done: 0, refused: 0, unknown: 0 }
  private readonly began = performance.now()

  note(who: string, what: string, answered: Answer | { readonly failed: string }): Outcome {
    const outcome = outcomeOf(answered)
    this.counts[outcome] += 1
    const [status, said] = 'failed' in answered ? [answered.failed, ''] : [answered.status, answered.status < 300 ? '' : answered.text.slice(0, 300)]
    this.lines.push({ at: Math.round(performance.now() - this.began), who, what, outcome, status, said })
    if (!('failed' in answered)) this.judge(who, what, answered)
    return outcome
  }

  complain(what: string): void {
    this.wrong.push(`at ${Math.round(performance.now() - this.began)} ms ${what}`)
  }

  count(outcome: Outcome): number {
    return this.counts[outcome]
  }

  /** The last lines in which a word stands. */
  about(word: string): string {
    return this.lines.filter((line) => JSON.stringify(line).includes(word)).slice(-mostLinesTold).map((line) => JSON.stringify(line)).join('\n')
  }

  private judge(who: string, what: string, { status, headers, text }: Answer): void {
    const told = `${who}: ${what} was answered ${status} ${text.slice(0, 300)}`
    if (status === 401 || status === 403 || (status >= 500 && status !== 503)) this.complain(told)
    if (status === 503 && headers['retry-after'] === undefined) this.complain(`${told}, without Retry-After`)
  }
}

const outcomeOf = (answered: Answer | { readonly failed: string }): Outcome => {
  // A connection that was never made has carried nothing.
  if ('failed' in answered) return answered.failed === 'ECONNREFUSED' ? 'refused' : 'unknown'
  if (answered.status < 300) return 'done'
  return answered.status < 500 && answered.status !== 408 ? 'refused' : 'unknown'
}

/** Why there is no answer at all. */
export const failureOf = (error: unknown): { readonly failed: string } =>
  ({ failed: typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error) })
