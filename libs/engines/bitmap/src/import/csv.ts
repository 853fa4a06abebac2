import { RefusedRow } from './refused-row.js'
import { TextFeed, mostRowBytes, notUtf8, tooLong } from './text-feed.js'

const quote = '"'
const quoteCode = 0x22
const carriageReturn = 0x0d
const byteOrderMark = '\uFEFF'

export const whatIsUnreadable = (text: string): RefusedRow | undefined => {
  if (text.includes(tooLong)) return new RefusedRow(`The row is longer than ${mostRowBytes} bytes.`)
  return text.includes(notUtf8) ? new RefusedRow('The row is not UTF-8.') : undefined
}

/**
 * Rows of CSV as RFC 4180 has it: cells between commas, quoted where they hold a comma, a quote (written twice) or the end of a line. Lines
 * may end in CR LF or LF, and empty ones are none. By hand, because it is a third of an import's time: no package reads as fast.
 */
export class CsvRows {
  private readonly feed = new TextFeed()
  private text = ''
  private at = 0
  /** Where the next quote stands, once it was looked for. */
  private quoteAt = 0
  private begun = false

  take(bytes: Buffer): void {
    this.add(this.feed.take(bytes))
  }

  end(): void {
    this.add(this.feed.end())
    this.ended = true
  }

  private ended = false

  /** The cells of the next row, or what is wrong with it; undefined when no whole row is there. */
  next(): readonly string[] | RefusedRow | undefined {
    for (;;) {
      const end = this.text.indexOf('\n', this.at)
      if (end < 0) return undefined
      if (this.quoteAt >= 0 && this.quoteAt < this.at) this.quoteAt = this.text.indexOf(quote, this.at)
      if (this.quoteAt >= 0 && this.quoteAt < end) return this.quotedRow(end)
      const line = this.lineTo(end)
      this.at = end + 1
      if (line !== '') return whatIsUnreadable(line) ?? line.split(',')
    }
  }

  private add(text: string): void {
    const fresh = this.begun || text === '' ? text : text.startsWith(byteOrderMark) ? text.slice(1) : text
    this.begun ||= text !== ''
    this.text = this.at === this.text.length ? fresh : this.text.slice(this.at) + fresh
    this.at = 0
    this.quoteAt = this.text.indexOf(quote)
  }

  private lineTo(end: number): string {
    return this.text.slice(this.at, end > this.at && this.text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end)
  }

  /** A row with quotes in it, whose first line ends at `lineEnd`. */
  private quotedRow(lineEnd: number): readonly string[] | RefusedRow | undefined {
    const { text } = this
    const cells: string[] = []
    for (let at = this.at; ;) {
      if (text.charCodeAt(at) !== quoteCode) {
        const [comma, line] = [text.indexOf(',', at), text.indexOf('\n', at)]
        const end = comma >= 0 && comma < line ? comma : line
        const cell = text.slice(at, end === line && text.charCodeAt(end - 1) === carriageReturn ? Math.max(at, end - 1) : end)
        if (cell.includes(quote)) return this.refuse(line, 'A quote stands inside a cell that does not begin with one.')
        cells.push(cell)
        at = end + 1
        if (end === line) return this.row(cells, at)
        continue
      }
      const close = closingQuote(text, at + 1)
      if (close < 0) return this.unclosed(lineEnd)
      cells.push(text.slice(at + 1, close).replaceAll('""', quote))
      const after = text.charCodeAt(close + 1) === carriageReturn ? close + 2 : close + 1
      if (text[after] === '\n') return this.row(cells, after + 1)
      if (text[close + 1] !== ',') return this.refuse(text.indexOf('\n', close), 'Something follows the quote that ends a cell.')
      at = close + 2
    }
  }

  private row(cells: readonly string[], next: number): readonly string[] | RefusedRow {
    const written = this.text.slice(this.at, next)
    this.at = next
    return whatIsUnreadable(written) ?? cells
  }

  private refuse(lineEnd: number, message: string): RefusedRow {
    this.at = lineEnd + 1
    return new RefusedRow(message)
  }

  /** Its end may still come; when it does not, the next row is looked for on the next line. */
  private unclosed(lineEnd: number): RefusedRow | undefined {
    if (!this.ended && this.text.length - this.at <= mostRowBytes) return undefined
    return this.refuse(lineEnd, this.ended ? 'A quote is never closed.' : `A quote is not closed within ${mostRowBytes} bytes.`)
  }
}

/** The quote that ends a cell; one that is written twice is part of it. */
const closingQuote = (text: string, from: number): number => {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 2)) if (text.charCodeAt(at + 1) !== quoteCode) return at
  return -1
}
