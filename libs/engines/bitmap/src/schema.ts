import { EngineRefusal } from '@tenantry/engines-contract'
import type { Space } from './space.js'
import type { Field, Table } from './store/catalogue.js'
import { printFieldOptions, readFieldOptions } from './store/field-options.js'
import { type JsonObject, isObject, printJson, readJson } from './store/json.js'

/** Columns of one shard: what the original keeps together, and clients divide imports by. */
const shardWidth = 2 ** 20
const nanosInMilli = 1_000_000n

const byName = (one: { readonly name: string }, other: { readonly name: string }): number => one.name < other.name ? -1 : 1

/** Tables and fields as FeatureBase's own API tells them, so that they can be made again there, or here. */
export const printSchema = ({ catalogue }: Space): string => printJson({
  indexes: [...catalogue.all()].sort(byName).map((table) => ({
    name: table.name, createdAt: BigInt(table.createdAt) * nanosInMilli, options: { keys: table.keyed, trackExistence: table.tracks, description: table.description },
    fields: [...table.fields.values()].sort(byName).map((field) => ({ name: field.name, createdAt: BigInt(field.createdAt) * nanosInMilli, options: printFieldOptions(field.options) })),
    shardWidth,
  })),
})

const refuse = (message: string): never => { throw new EngineRefusal('InvalidBody', message) }

const listIn = (of: JsonObject, name: string): readonly JsonObject[] => {
  const list = of[name] ?? []
  return Array.isArray(list) && list.every(isObject) ? list : refuse(`${name} must be a list of objects.`)
}

const nameIn = (of: JsonObject): string => typeof of['name'] === 'string' ? of['name'] : refuse('Every index and every field needs a name.')

const optionsIn = (of: JsonObject): JsonObject => {
  const options = of['options'] ?? {}
  return isObject(options) ? options : refuse('options must be an object.')
}

/**
 * Makes the tables and fields of a schema that are not there; those that are stay as they are. Within a change: all of it is kept, or
 * nothing. Throws EngineRefusal InvalidBody, InvalidParameter.
 */
export const applySchema = (space: Space, text: string): void => {
  const schema = readJson(text)
  if (schema['indexes'] === undefined) refuse('A schema is an object with the member indexes.')
  const wanted = listIn(schema, 'indexes').map((index) => ({ index, table: tableFor(space, index) }))
  // Fields may name other tables, also ones that come later in the list.
  for (const { index, table } of wanted) for (const field of listIn(index, 'fields')) ensureField(space, table, field)
}

const flag = (options: JsonObject, name: string, otherwise: boolean): boolean => {
  const value = options[name] ?? otherwise
  return typeof value === 'boolean' ? value : refuse(`${name} must be true or false.`)
}

const tableFor = ({ catalogue }: Space, index: JsonObject): Table => {
  const name = nameIn(index)
  const options = optionsIn(index)
  const known = catalogue.find(name)
  const keyed = flag(options, 'keys', false)
  if (!known) return catalogue.createTable({ name, keyed, tracks: flag(options, 'trackExistence', true), ...(typeof options['description'] === 'string' && { description: options['description'] }) })
  return known.keyed === keyed ? known : refuse(`The index ${name} is there ${known.keyed ? 'with' : 'without'} keys already.`)
}

const ensureField = ({ catalogue }: Space, table: Table, field: JsonObject): Field => {
  const name = nameIn(field)
  const options = readFieldOptions(optionsIn(field))
  const known = catalogue.find(table.name)?.fields.get(name)
  if (!known) return catalogue.createField(table, name, options)
  return known.options.type === options.type ? known : refuse(`The field ${name} of ${table.name} is there already, with the type ${known.options.type}.`)
}
