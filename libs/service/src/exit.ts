/** What a process exits with when its surroundings are wrong and starting again will not help (EX_CONFIG of sysexits.h). */
export const configurationFault = 78

/** A reason to end the process: the sentence is printed as it is, without a stack. */
export class Exit extends Error {
  constructor(message: string, readonly code: number = configurationFault, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Exit'
  }
}

// What an operator wrote into a variable may be repeated in the sentence.
const readable = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')

/** Runs a process' main function: an `Exit` is printed as its sentence, anything else with its stack. */
export const runMain = (main: () => Promise<void>): void => {
  main().catch((error: unknown) => {
    const known = error instanceof Exit
    process.stderr.write(`${readable(known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`)
    process.exit(known ? error.code : 1)
  })
}
