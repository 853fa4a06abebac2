import { TestEnvironment } from 'jest-environment-node'

/**
 * Gives each test and hook the time of its project, though it names a shorter one itself. That time promises nothing: it ends what
 * hangs, and must be long enough for a machine that is busy.
 */
export default class PatientEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    this.leastMs = config.projectConfig.globals.testSeconds * 1_000
  }

  handleTestEvent({ name, test, hook }) {
    const timed = name === 'test_fn_start' ? test : name === 'hook_start' ? hook : undefined
    if (timed) timed.timeout = Math.max(timed.timeout ?? 0, this.leastMs)
  }
}
