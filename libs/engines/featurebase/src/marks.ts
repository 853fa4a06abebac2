import { createHash } from 'node:crypto'
import { Problem } from '@tenantry/contracts'
import type { Observed, Target } from '@tenantry/engines-contract'
import { noAnswer } from './problems.js'
import type { Bounds, FeaturebaseServer } from './server.js'

/**
 * The index on each server that says whose it is: its fields are the marks. It lies with the data, so that a server which is brought
 * back from a copy, or given to another installation, says itself what may be done with it.
 */
export const markName = 'tenantry-keeps-this-server'

type Word = 'own' | 'stop' | 'gone' | 'over'

/** A mark names no database in the clear: the next one on the server may read it. */
const markOf = (word: Word, { databaseId, generation }: Target): string =>
  `${word}-${createHash('sha256').update(`${databaseId}/${generation}`).digest('hex').slice(0, 40)}`

const mostBytes = 4 * 1024 * 1024
const isField = (value: unknown): value is { readonly name: string } => typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'

/** The marks of one server. */
export class Marks {
  constructor(private readonly names: ReadonlySet<string>) {}

  static async read(server: FeaturebaseServer, bounds: Omit<Bounds, 'mostBytes' | 'changes'>): Promise<Marks> {
    const { status, body } = await server.ask({ method: 'GET', path: `/index/${markName}` }, { ...bounds, mostBytes, changes: false })
    if (status === 404) return new Marks(new Set())
    if (status !== 200) throw noAnswer(`status ${status}`)
    return new Marks(new Set(fieldsOf(body.toString('utf8'))))
  }

  has(word: Word, target: Target): boolean {
    return this.names.has(markOf(word, target))
  }

  observed(target: Target): Observed {
    if (this.has('over', target)) return 'purged'
    if (this.has('gone', target)) return 'removed'
    if (!this.has('own', target)) return 'absent'
    return this.has('stop', target) ? 'stopped' : 'running'
  }

  /** Whether the server is another database's. One whose data is over has no claim any more. */
  isTaken(target: Target): boolean {
    return [...this.names].some((name) => name.startsWith('own-') && name !== markOf('own', target) && !this.names.has(`over-${name.slice('own-'.length)}`))
  }
}

const fieldsOf = (text: string): readonly string[] => {
  try {
    const index: unknown = JSON.parse(text)
    const fields: unknown = typeof index === 'object' && index !== null && 'fields' in index ? index.fields : undefined
    return Array.isArray(fields) ? fields.filter(isField).map(({ name }) => name) : []
  } catch (error) {
    throw noAnswer(error)
  }
}

/** Sets a mark; it may be there already. */
export const setMark = async (server: FeaturebaseServer, word: Word, target: Target, bounds: Omit<Bounds, 'mostBytes' | 'changes'>): Promise<void> => {
  const make = async (path: string, body: string): Promise<void> => {
    const { status } = await server.ask({ method: 'POST', path, body }, { ...bounds, mostBytes, changes: true })
    if (status !== 200 && status !== 409) throw noAnswer(`status ${status}`)
  }
  await make(`/index/${markName}`, '{"options":{"keys":false}}')
  await make(`/index/${markName}/field/${markOf(word, target)}`, '{"options":{"type":"set"}}')
}

/** Takes a mark away; it may be away already. */
export const clearMark = async (server: FeaturebaseServer, word: Word, target: Target, bounds: Omit<Bounds, 'mostBytes' | 'changes'>): Promise<void> =>
  await drop(server, `/index/${markName}/field/${markOf(word, target)}`, bounds)

export const drop = async (server: FeaturebaseServer, path: string, bounds: Omit<Bounds, 'mostBytes' | 'changes'>): Promise<void> => {
  const { status } = await server.ask({ method: 'DELETE', path }, { ...bounds, mostBytes, changes: true })
  if (status !== 200 && status !== 404) throw noAnswer(`status ${status}`)
}

export const wrongState = (what: string): Problem => new Problem('DatabaseInWrongState', what)
