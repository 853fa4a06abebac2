/** What was opened, to be closed in the reverse order, each once and each although another one failed. */
export class Closing {
  private readonly steps: { readonly name: string; readonly close: () => Promise<void> }[] = []

  add(name: string, close: () => Promise<void>): void {
    this.steps.push({ name, close })
  }

  /** Closes everything and answers what could not be closed. */
  async closeAll(): Promise<readonly { readonly name: string; readonly error: unknown }[]> {
    const failures: { name: string; error: unknown }[] = []
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        await step.close()
      } catch (error) {
        failures.push({ name: step.name, error })
      }
    }
    return failures
  }
}
