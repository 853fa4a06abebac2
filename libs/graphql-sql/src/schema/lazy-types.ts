import {
  GraphQLInputObjectType, GraphQLObjectType, type GraphQLFieldConfig, type GraphQLFieldMap, type GraphQLInputFieldConfig, type GraphQLInputFieldMap,
} from 'graphql'
import { lazyRecord } from './lazy-record.js'

export type Field = GraphQLFieldConfig<unknown, unknown>

/** An object type with so many fields that each is made only when it is asked for. */
export class LazyObject extends GraphQLObjectType {
  private readonly lazyFields: GraphQLFieldMap<unknown, unknown>

  constructor(name: string, names: () => Iterable<string>, make: (name: string) => Field | undefined) {
    super({ name, fields: {} })
    this.lazyFields = lazyRecord(names, (key) => {
      const field = make(key)
      return field && new GraphQLObjectType({ name, fields: { [key]: field } }).getFields()[key]
    })
  }

  override getFields(): GraphQLFieldMap<unknown, unknown> {
    return this.lazyFields
  }
}

/** The same for what is given. */
export class LazyInput extends GraphQLInputObjectType {
  private readonly lazyFields: GraphQLInputFieldMap

  constructor(name: string, names: () => Iterable<string>, make: (name: string) => GraphQLInputFieldConfig | undefined) {
    super({ name, fields: {} })
    this.lazyFields = lazyRecord(names, (key) => {
      const field = make(key)
      return field && new GraphQLInputObjectType({ name, fields: { [key]: field } }).getFields()[key]
    })
  }

  override getFields(): GraphQLInputFieldMap {
    return this.lazyFields
  }
}
