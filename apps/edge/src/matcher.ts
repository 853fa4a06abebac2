import type { ProblemWire } from '@tenantry/contracts'
import type { Owner, Route } from './routes.js'

/** An operation that is known to exist, so that another method on its path can be refused with the methods that are there. */
export interface KnownOperation {
  readonly method: string
  readonly path: string
  /** How it words its refusals, also those that its service never sees. */
  readonly wire?: ProblemWire
  /** Its body may take longer than others. */
  readonly streams?: true
}

export type Match =
  | { readonly kind: 'owned'; readonly owner: Owner; readonly operation?: KnownOperation }
  | { readonly kind: 'wrongMethod'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown' }

export type Matcher = (method: string, path: string) => Match

interface Node {
  readonly words: Word[]
  any: Node | undefined
  rest: Leaf | undefined
  here: Leaf | undefined
}

interface Word {
  readonly text: string
  readonly node: Node
}

/** What stands at one pattern. `matches` is filled once, so that a match allocates nothing. */
interface Leaf {
  owner: Owner
  /** Empty when the owner knows its methods itself. */
  readonly methods: Map<string, Match>
  readonly otherwise: { match: Match }
}

const unknown: Match = { kind: 'unknown' }
const newNode = (): Node => ({ words: [], any: undefined, rest: undefined, here: undefined })
const segmentsOf = (pattern: string): readonly string[] => pattern.split('/').slice(1)
const isAny = (segment: string): boolean => segment.startsWith('{')

const childFor = (node: Node, segment: string): Node => {
  if (isAny(segment)) return (node.any ??= newNode())
  const known = node.words.find(({ text }) => text === segment)?.node
  if (known) return known
  const made = newNode()
  node.words.push({ text: segment, node: made })
  return made
}

/** The node of the word between two places of a path. It is compared where it stands: cut out, it would be hashed for every request. */
const wordAt = ({ words }: Node, path: string, start: number, end: number): Node | undefined => {
  for (const { text, node } of words) if (text.length === end - start && path.startsWith(text, start)) return node
  return undefined
}

const find = (node: Node, path: string, start: number): Leaf | undefined => {
  const slash = path.indexOf('/', start)
  const end = slash < 0 ? path.length : slash
  const word = wordAt(node, path, start, end)
  const found = (word && below(word, path, slash)) ?? (node.any && end > start ? below(node.any, path, slash) : undefined)
  return found ?? node.rest
}

const below = (node: Node, path: string, slash: number): Leaf | undefined => slash < 0 ? node.here : find(node, path, slash + 1)

const leafAt = (root: Node, pattern: string): { get: () => Leaf | undefined; set: (leaf: Leaf) => void } => {
  const segments = segmentsOf(pattern)
  const isRest = segments.at(-1) === '*'
  const node = (isRest ? segments.slice(0, -1) : segments).reduce(childFor, root)
  return isRest
    ? { get: () => node.rest, set: (leaf) => { node.rest = leaf } }
    : { get: () => node.here, set: (leaf) => { node.here = leaf } }
}

const newLeaf = (owner: Owner): Leaf => ({ owner, methods: new Map(), otherwise: { match: { kind: 'owned', owner } } })

const allow = (leaf: Leaf, method: string, operation?: KnownOperation): void => {
  for (const one of method === 'GET' ? ['GET', 'HEAD'] : [method]) leaf.methods.set(one, { kind: 'owned', owner: leaf.owner, ...(operation && { operation }) })
  leaf.otherwise.match = { kind: 'wrongMethod', allowed: [...leaf.methods.keys()].sort() }
}

const addRoute = (root: Node, { method, pattern, owner }: Route): void => {
  const place = leafAt(root, pattern)
  const leaf = place.get() ?? newLeaf(owner)
  if (leaf.owner !== owner) throw new Error(`Two services own ${pattern}: ${leaf.owner} and ${owner}.`)
  if (place.get() && (method === '*' || leaf.methods.size === 0 || leaf.methods.has(method))) throw new Error(`The route ${method} ${pattern} stands twice in the table.`)
  if (method !== '*') allow(leaf, method)
  place.set(leaf)
}

const addOperation = (root: Node, operation: KnownOperation): void => {
  const { method, path } = operation
  const place = leafAt(root, path)
  // A path in braces may be any of the words beside it, so the owner is asked for with a segment that no word equals.
  const owner = find(root, path.replaceAll(/\{\w+\}/g, '{}'), 1)?.owner
  if (!owner) throw new Error(`No service owns ${method} ${path}.`)
  const leaf = place.get() ?? newLeaf(owner)
  if (leaf.owner !== owner) throw new Error(`Two services own ${path}: ${leaf.owner} and ${owner}.`)
  allow(leaf, method, operation)
  place.set(leaf)
}

/** Compiles the table once. Throws when two rows claim the same, or when nobody owns an operation. */
export const compileRoutes = (routes: readonly Route[], operations: readonly KnownOperation[]): Matcher => {
  const root = newNode()
  for (const route of routes) addRoute(root, route)
  for (const operation of operations) addOperation(root, operation)
  return (method, path) => {
    const leaf = find(root, path, 1)
    return leaf ? leaf.methods.get(method) ?? leaf.otherwise.match : unknown
  }
}
