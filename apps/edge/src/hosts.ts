import { isIP } from 'node:net'

const nameOrWildcard = /^(?:\*\.)?[a-z\d](?:[a-z\d.-]*[a-z\d])?$/

/** Reads "db.example.com, *.example.com"; undefined when a part is no name. */
export const parseHosts = (text: string): readonly string[] | undefined => {
  const names = text.toLowerCase().split(',').map((word) => word.trim()).filter((word) => word !== '')
  return names.every((name) => name === '*' || nameOrWildcard.test(name)) ? names : undefined
}

/** The name in a Host header, without its port and without the dot that may end it; undefined when it is no host. */
const nameIn = (host: string): string | undefined => {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{0,5})?$/i.exec(host) ?? []
  return bracketed === undefined ? plain?.toLowerCase().replace(/\.$/, '') : isIP(bracketed) === 6 ? bracketed : undefined
}

const isLocalName = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost')

export interface HostVerdict {
  readonly allowed: boolean
  /** A name that the world knows us by: one for which a browser may be told to use TLS only. */
  readonly isPublic: boolean
}

const remembered = 1_000

/**
 * Whether a request is meant for this server. A page elsewhere whose name is made to point here reaches it under that page's
 * name; so a name is taken only when it is that of PUBLIC_URL or was named. Addresses, and names without a dot, are no names that
 * anybody elsewhere could own.
 */
export const hostRule = (publicUrl: string | undefined, allowed: readonly string[]): ((host: string) => HostVerdict) => {
  const own = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.toLowerCase()]
  const names = [...own, ...allowed]
  const isNamed = (name: string): boolean => names.some((rule) => rule === '*' || rule === name || (rule.startsWith('*.') && name.endsWith(rule.slice(1))))
  const verdicts = new Map<string, HostVerdict>()

  const judge = (host: string): HostVerdict => {
    const name = nameIn(host)
    if (name === undefined) return { allowed: false, isPublic: false }
    const isOurs = isIP(name) !== 0 || isLocalName(name) || !name.includes('.')
    return { allowed: isOurs || isNamed(name), isPublic: !isOurs }
  }
  return (host) => {
    const known = verdicts.get(host)
    if (known) return known
    if (verdicts.size >= remembered) verdicts.clear()
    const verdict = judge(host)
    verdicts.set(host, verdict)
    return verdict
  }
}
