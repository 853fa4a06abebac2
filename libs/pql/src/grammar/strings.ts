import { noteFault, refuseSyntax } from '../refusals.js'
import { codeAt, reach, type Scanner } from '../scanner.js'

const backslash = 92, doubleQuote = 34, letterN = 110, letterT = 116

const isEscapable = (code: number, quote: number): boolean => code === quote || code === backslash || code === letterN || code === letterT

/** The end of what stands between the quotes, the first of which is before `from`; whether it is a closing quote is for the caller. */
const endOfContent = (scanner: Scanner, from: number, quote: number): number => {
  let end = from
  for (; end < scanner.text.length; end += 1) {
    const code = codeAt(scanner, end)
    if (code === quote) break
    if (code !== backslash) continue
    if (!isEscapable(codeAt(scanner, end + 1), quote)) break
    end += 1
  }
  scanner.steps += end - from + 1
  return end
}

const unescaped = (content: string): string =>
  content.replace(/\\(.)/g, (_, character: string) => character === 'n' ? '\n' : character === 't' ? '\t' : character)

/** A quoted text at the scanner, which stands on its first quote. */
export const readString = (scanner: Scanner): string => {
  const quote = codeAt(scanner)
  const begin = scanner.at + 1
  const end = endOfContent(scanner, begin, quote)
  reach(scanner, quote === doubleQuote ? 'doublequotedstring' : 'singlequotedstring', begin, end)
  if (codeAt(scanner, end) !== quote) return refuseSyntax(scanner)
  scanner.at = end + 1
  reach(scanner, 'PegText', begin - 1, scanner.at)
  const content = scanner.text.slice(begin, end)
  if (content.includes('\n')) noteFault(scanner, begin - 1, 'unexpected parser error of type *errors.errorString: invalid syntax')
  return content.includes('\\') ? unescaped(content) : content
}
