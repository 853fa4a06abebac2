import type { Bitmap } from '@tenantry/bitmaps'
import { type Argument, type Call, fieldOf, indexOf, valueOf } from '@tenantry/pql'
import type { Space } from '../space.js'
import type { Field } from '../store/catalogue.js'
import type { TableData } from '../table-data.js'
import { NoSuchTable, doing, refuse } from './refused.js'

/** Where a call is run: in which database and table, and among which records where not all are asked. */
export interface At {
  readonly space: Space
  readonly data: TableData
  /** The records of the shards that Options named. */
  readonly within?: Bitmap
  readonly answerBytes: number
  /** The records that a call answers: calls have rows inside them. */
  readonly row: (call: Call, here: At) => Bitmap
}

/** A call and what is inside it may be about another table than the request. */
export const at = (call: Call, here: At): At => {
  const name = indexOf(call)
  if (name === undefined || name === here.data.table.name) return here
  return { ...here, data: tableOf(here.space, name) }
}

/** Throws NoSuchTable. */
export const tableOf = (space: Space, name: string): TableData => {
  const data = space.table(name)
  if (!data) throw new NoSuchTable(`${name}: index not found`)
  return data
}

export const fieldAt = ({ data }: At, name: string): Field => data.field(name) ?? refuse(`${name}: field not found`)

/** The field that a call names by `field=` or by its place. */
export const namedField = (call: Call, here: At): Field => {
  const value = fieldOf(call)
  if (value === undefined) return refuse(`${call.name}(): field required: keys: [field _field] not found`)
  return value.kind === 'string' ? fieldAt(here, value.value) : refuse(`${call.name}(): field must be a name`)
}

/** What calls that run on the shards of a table are told to have been doing. */
export const mapping = <T>(work: () => T): T => doing('mapping on primary node', work)

/** An argument that is a plain value, and no comparison. */
export const plain = (call: Call, key: string): Exclude<Argument['value'], { kind: 'condition' | 'range' }> | undefined => {
  const value = valueOf(call, key)
  if (value === undefined) return undefined
  return value.kind === 'condition' || value.kind === 'range' ? refuse(`${call.name}(): ${key} is compared where it has to be given`) : value
}

export const within = ({ within: mask }: At, row: Bitmap): Bitmap => mask ? row.and(mask) : row

/** The records that the table has. */
export const existing = (here: At): Bitmap => {
  const { table, index } = here.data
  if (!table.tracks) refuse(`index does not support existence tracking: ${table.name}`)
  return within(here, index.all().bitmap)
}

/** The records of a filter that a call may have been given; undefined when all count. */
export const filterOf = (call: Call | undefined, here: At): Bitmap | undefined => call ? here.row(call, here) : here.within

/** The call that an argument is. */
export const callArgument = (call: Call, key: string): Call | undefined => {
  const value = plain(call, key)
  if (value === undefined) return undefined
  return value.kind === 'call' ? value.call : refuse(`${call.name}(): ${key} must be a call`)
}
