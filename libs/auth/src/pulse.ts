interface Beat {
  /** At every how many pulses. */
  readonly every: number
  readonly run: () => void | Promise<void>
}

/** Runs each beat at its pulses, one pulse at a time. A beat that fails is run again at its next pulse, and nobody minds. */
export class Pulse {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | undefined
  private pulses = 0
  private hurried = false
  private started = false
  private first: Promise<void> = Promise.resolve()

  constructor(private readonly everyMs: number, private readonly beats: readonly Beat[]) {}

  start(): void {
    if (this.started) return
    this.started = true
    this.beat()
    this.first = this.running ?? this.first
  }

  /** Resolves once the first pulse after the start is over, well or not; at once when nothing was started. */
  begun(): Promise<void> {
    return this.first
  }

  /** Makes the next pulse come at once. */
  hurry(): void {
    if (!this.started) return
    if (this.running) this.hurried = true
    else this.beat()
  }

  async stop(): Promise<void> {
    this.started = false
    clearTimeout(this.timer)
    await this.running
  }

  private beat(): void {
    clearTimeout(this.timer)
    this.hurried = false
    const due = this.beats.filter(({ every }) => this.pulses % every === 0)
    this.pulses++
    this.running = Promise.allSettled(due.map(async ({ run }) => run())).then(() => {
      this.running = undefined
      if (!this.started) return
      if (this.hurried) this.beat()
      else this.timer = setTimeout(() => this.beat(), this.everyMs).unref()
    })
  }
}
