/** What was started, to be ended in the reverse order, each once and each although another one failed. */
export class Closing {
  steps = []

  add(close) {
    this.steps.push(close)
  }

  async closeAll() {
    for (let close = this.steps.pop(); close; close = this.steps.pop()) await close().catch((error) => void process.stderr.write(`${error.message}\n`))
  }
}
