/** A server that cannot be started here. The message is one sentence for the person who starts it: what, which one, what to do. */
export class CannotStart extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CannotStart'
  }
}
