import { isUtf8 } from 'node:buffer'

/** Of a row, as it is written. */
export const mostRowBytes = 1024 * 1024

// No text that is UTF-8 decodes to these: each stands for what cannot be read.
export const notUtf8 = '\uD800'
export const tooLong = '\uD801'

const lineFeed = 0x0a

/**
 * Makes lines of bytes that come in any pieces, whole lines at a time. A line that is not UTF-8 has `notUtf8` in it, and one that is longer
 * than a row may be is `tooLong` and nothing else; no more than one such line is held.
 */
export class TextFeed {
  private held: Buffer[] = []
  private heldBytes = 0
  private isSkipping = false

  /** The whole lines that the bytes complete, each with its end. */
  take(bytes: Buffer): string {
    let from = 0
    let before = ''
    if (this.isSkipping) {
      from = bytes.indexOf(lineFeed) + 1
      if (from === 0) return ''
      this.isSkipping = false
      before = `${tooLong}\n`
    }
    const end = bytes.lastIndexOf(lineFeed) + 1
    if (end <= from) {
      this.hold(bytes.subarray(from))
      return before
    }
    const whole = this.release(bytes.subarray(from, end))
    this.hold(bytes.subarray(end))
    return before + linesOf(whole)
  }

  /** What came after the last line's end. */
  end(): string {
    if (this.isSkipping) return `${tooLong}\n`
    const last = this.release(Buffer.alloc(0))
    return last.length === 0 ? '' : `${linesOf(last)}\n`
  }

  private hold(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.held.push(bytes)
    this.heldBytes += bytes.length
    if (this.heldBytes <= mostRowBytes) return
    this.isSkipping = true
    this.held = []
    this.heldBytes = 0
  }

  private release(bytes: Buffer): Buffer {
    if (this.held.length === 0) return bytes
    const all = Buffer.concat([...this.held, bytes])
    this.held = []
    this.heldBytes = 0
    return all
  }
}

const linesOf = (bytes: Buffer): string => {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  const lines: string[] = []
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(lineFeed, from) + 1 || bytes.length
    const line = bytes.subarray(from, end)
    lines.push(isUtf8(line) ? line.toString('utf8') : line.toString('utf8').replaceAll('\uFFFD', notUtf8))
    from = end
  }
  return lines.join('')
}
