const codes = { refused: 1, usage: 2, configuration: 78 }

/** Why a command ends without having done what it was told: a sentence, and the code to exit with. */
export class Fault extends Error {
  constructor(message, code) {
    super(message)
    this.code = code
  }

  /** It was understood, and cannot be done. */
  static refused = (message) => new Fault(message, codes.refused)
  /** It was not understood. */
  static usage = (message) => new Fault(message, codes.usage)
  /** Its surroundings are wrong. */
  static configuration = (message) => new Fault(message, codes.configuration)
}
