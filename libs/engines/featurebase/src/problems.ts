import { Problem } from '@tenantry/contracts'

const longest = 2_000

/** What tells of the server's insides: its stack, its sources, its neighbours. */
const insides = /goroutine \d|\n\s*at |\n\t|\bdial (tcp|udp)\b|connect: connection refused|runtime error|\bpanic\b/

/** What the server says of a statement, as a tenant may hear it: its own words without places in its sources. */
export const said = (text: string): string => {
  if (insides.test(text)) return 'The server failed at this statement; its log tells why.'
  const words = text.replace(/\b(internal error) \([^)]*\)/g, '$1').replace(/\b[\w./-]+\.go:\d+\b/g, '…')
  return words.length <= longest ? words : `${words.slice(0, longest).toWellFormed()}…`
}

export const rejected = (text: string): Problem => new Problem('EngineRejectedQuery', said(text))

/** The server answered with what is no answer: an error page, a stack, another program's words. Nothing of it is shown. */
export const noAnswer = (cause?: unknown): Problem =>
  new Problem('EngineUnavailable', 'The FeatureBase server failed at this request; its log tells why.', { retryAfterSeconds: 1, cause })

export const mayOnlyRead = (): Problem => new Problem('Forbidden', 'You may only read here; ask one of the owners of the org for the right data:write.')
