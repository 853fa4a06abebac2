/** A part of a text, from its first byte to the one behind its last. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The text is no JSON. */
export class NoJson extends Error {
  override readonly name = 'NoJson'
}

const [quote, backslash, comma, colon, braceOpens, braceCloses, listOpens, listCloses] = [0x22, 0x5c, 0x2c, 0x3a, 0x7b, 0x7d, 0x5b, 0x5d]
const deepest = 200
const words = ['true', 'false', 'null'] as const

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
const isNumeric = (byte: number | undefined): boolean => byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x65 || byte === 0x45)

/**
 * Walks over JSON without making values of it, so that what a server wrote is passed on byte by byte: its integers are longer than
 * numbers here are exact. Throws NoJson where the text is not whole.
 */
export class JsonSpans {
  private at = 0

  constructor(private readonly bytes: Buffer) {}

  /** The members of the object that is the whole text. */
  members(): ReadonlyMap<string, Span> {
    const found = new Map<string, Span>()
    this.space()
    this.object(0, (name, span) => found.set(name, span))
    this.space()
    if (this.at !== this.bytes.length) throw new NoJson('There is more behind the value.')
    return found
  }

  /** The members of an object inside the text. */
  membersAt(span: Span): ReadonlyMap<string, Span> {
    return new JsonSpans(this.bytes.subarray(span.from, span.to)).shifted(span.from)
  }

  /** The items of a list inside the text; of null none, since a server may say it of an empty list. */
  items(span: Span): readonly Span[] {
    if (this.bytes[span.from] !== listOpens) {
      if (this.text(span) === 'null') return []
      throw new NoJson('There is no list.')
    }
    const found: Span[] = []
    this.at = span.from
    this.list(0, (item) => found.push(item))
    return found
  }

  /** How many items a list has. */
  count(span: Span): number {
    if (this.bytes[span.from] !== listOpens) return this.items(span).length
    let count = 0
    this.at = span.from
    this.list(0, () => { count += 1 })
    return count
  }

  slice({ from, to }: Span): Buffer {
    return this.bytes.subarray(from, to)
  }

  text(span: Span): string {
    return this.slice(span).toString('utf8')
  }

  private shifted(by: number): ReadonlyMap<string, Span> {
    return new Map([...this.members()].map(([name, { from, to }]) => [name, { from: from + by, to: to + by }]))
  }

  private space(): void {
    while (isSpace(this.bytes[this.at])) this.at += 1
  }

  private value(depth: number): Span {
    const from = this.at
    const byte = this.bytes[from]
    if (byte === quote) this.string()
    else if (byte === braceOpens) this.object(depth + 1, () => undefined)
    else if (byte === listOpens) this.list(depth + 1, () => undefined)
    else this.word()
    return { from, to: this.at }
  }

  private object(depth: number, see: (name: string, span: Span) => void): void {
    this.inside(depth, braceOpens, braceCloses, () => {
      const from = this.at
      this.string()
      const name: unknown = JSON.parse(this.text({ from, to: this.at }))
      this.space()
      this.take(colon)
      this.space()
      see(String(name), this.value(depth))
    })
  }

  private list(depth: number, see: (span: Span) => void): void {
    this.inside(depth, listOpens, listCloses, () => see(this.value(depth)))
  }

  private inside(depth: number, opens: number, closes: number, one: () => void): void {
    if (depth > deepest) throw new NoJson('The value is too deep.')
    this.take(opens)
    this.space()
    if (this.bytes[this.at] === closes) {
      this.at += 1
      return
    }
    for (;;) {
      one()
      this.space()
      if (this.bytes[this.at] === closes) break
      this.take(comma)
      this.space()
    }
    this.at += 1
  }

  private take(byte: number): void {
    if (this.bytes[this.at] !== byte) throw new NoJson(`A byte ${byte} is missing.`)
    this.at += 1
  }

  private string(): void {
    this.take(quote)
    for (;;) {
      const end = this.bytes.indexOf(quote, this.at)
      if (end < 0) throw new NoJson('A text has no end.')
      let slashes = 0
      while (end - slashes - 1 >= this.at && this.bytes[end - slashes - 1] === backslash) slashes += 1
      this.at = end + 1
      if (slashes % 2 === 0) return
    }
  }

  private word(): void {
    const from = this.at
    while (isNumeric(this.bytes[this.at])) this.at += 1
    if (this.at > from && this.bytes[from] !== 0x65 && this.bytes[from] !== 0x45) return
    const word = words.find((one) => this.bytes.toString('latin1', from, from + one.length) === one)
    if (word === undefined) throw new NoJson('There is no value.')
    this.at = from + word.length
  }
}
