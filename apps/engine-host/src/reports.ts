import { Problem } from '@tenantry/contracts'

export const unavailable = (message: string): Problem => new Problem('EngineUnavailable', message, { retryAfterSeconds: 1 })

export const manyRun = (): Problem =>
  new Problem('TooManyQueries', 'Too many long statements of this organisation run already; try again when one of them has ended.', { retryAfterSeconds: 1 })

/** Lets work wait until something that the children report makes it true. */
export class Reports {
  private readonly hooks = new Set<() => void>()

  /** Something has been reported: whoever waits looks again. */
  changed(): void {
    for (const hook of [...this.hooks]) hook()
  }

  /** Resolves when `reached` holds; throws EngineUnavailable with `message` when that takes too long. */
  until(reached: () => boolean, withinMs: number, message: string): Promise<void> {
    if (reached()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const finish = (end: () => void) => {
        clearTimeout(late)
        this.hooks.delete(hook)
        end()
      }
      const hook = () => {
        if (reached()) finish(resolve)
      }
      const late = setTimeout(() => finish(() => reject(unavailable(message))), withinMs)
      this.hooks.add(hook)
    })
  }
}
