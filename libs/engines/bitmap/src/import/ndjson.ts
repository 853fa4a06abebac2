import { Written } from '../store/json.js'
import { whatIsUnreadable } from './csv.js'
import { readExactly } from './exact-json.js'
import { RefusedRow } from './refused-row.js'
import { TextFeed } from './text-feed.js'

/** Rows of NDJSON: an object on each line. Empty lines are none. Numbers that could lose digits are kept as they are written. */
export class JsonRows {
  private readonly feed = new TextFeed()
  private text = ''
  private at = 0

  take(bytes: Buffer): void {
    this.add(this.feed.take(bytes))
  }

  end(): void {
    this.add(this.feed.end())
  }

  /** The next row, or what is wrong with it; undefined when no whole row is there. */
  next(): Readonly<Record<string, unknown>> | RefusedRow | undefined {
    for (;;) {
      const end = this.text.indexOf('\n', this.at)
      if (end < 0) return undefined
      const line = this.text.slice(this.at, end).trim()
      this.at = end + 1
      if (line !== '') return whatIsUnreadable(line) ?? objectIn(line)
    }
  }

  private add(text: string): void {
    this.text = this.at === this.text.length ? text : this.text.slice(this.at) + text
    this.at = 0
  }
}

const objectIn = (line: string): Readonly<Record<string, unknown>> | RefusedRow => {
  try {
    const read: unknown = readExactly(line)
    if (typeof read === 'object' && read !== null && !Array.isArray(read) && !(read instanceof Written)) return read as Readonly<Record<string, unknown>>
    return new RefusedRow('The line is no JSON object.')
  } catch {
    return new RefusedRow('The line is no JSON.')
  }
}
