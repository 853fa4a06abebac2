/** What a process exits with when its surroundings are wrong and starting again will not help (EX_CONFIG of sysexits.h). */
export const configurationFault = 78

/** A reason to end the process: the sentence is printed as it is, without a stack. */
export class Exit extends Error {
  constructor(message: string, readonly code: number = configurationFault, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Exit'
  }
}

/** Runs a process' main function: an `Exit` is printed as its sentence, anything else with its stack. */
export const runMain = (main: () => Promise<void>): void => {
  main().catch((error: unknown) => {
    const known = error instanceof Exit
    process.stderr.write(`${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(known ? error.code : 1)
  })
}
