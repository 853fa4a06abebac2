/** What a call cannot do, in FeatureBase's words. Whoever passes it on says before it what was being done. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** The index that a request is for, or that a call in it names, is not there. */
export class NoSuchTable extends Refused {}

/** Too many calls that write in one request. */
export class TooManyWrites extends Refused {}

export const refuse = (text: string): never => { throw new Refused(text) }

/** Does `work`; what it refuses is told with `what` was being done. */
export const doing = <T>(what: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refused) error.message = `${what}: ${error.message}`
    throw error
  }
}
