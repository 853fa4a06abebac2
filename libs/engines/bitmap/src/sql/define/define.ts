import type { ColumnWish, Position, TypedStatement } from '@tenantry/featurebase-sql'
import type { Space } from '../../space.js'
import type { Table } from '../../store/catalogue.js'
import { rejected } from '../rejected.js'
import { fieldOptionsOf } from './field-options.js'

type Of<K extends TypedStatement['kind']> = Extract<TypedStatement, { kind: K }>

const at = ({ line, column }: Position): string => `[${line}:${column}]`

const isTaken = ({ catalogue }: Space, name: string): boolean => catalogue.find(name) !== undefined || catalogue.view(name) !== undefined

const tableNamed = ({ catalogue }: Space, name: string, place: Position): Table => catalogue.find(name) ?? rejected(`${at(place)} table '${name}' not found`)

const addColumn = ({ catalogue }: Space, table: Table, wish: ColumnWish): void => { catalogue.createField(table, wish.name, fieldOptionsOf(wish)) }

export const createTable = (space: Space, { ifNotExists, name, keyed, columns, comment, at: place }: Of<'create table'>): void => {
  if (isTaken(space, name)) {
    if (ifNotExists) return
    rejected(`${at(place)} table or view '${name}' already exists`)
  }
  const table = space.catalogue.createTable({ name, keyed, tracks: true, description: comment })
  for (const column of columns) addColumn(space, table, column)
}

export const addOneColumn = (space: Space, { table, column, at: place }: Of<'add column'>): void => {
  const found = tableNamed(space, table, place)
  if (found.fields.has(column.name)) rejected(`${at(place)} duplicate column '${column.name}'`)
  addColumn(space, found, column)
}

export const dropColumn = (space: Space, { table, column, at: place }: Of<'drop column'>): void => {
  const found = tableNamed(space, table, place)
  const field = found.fields.get(column) ?? rejected(`${at(place)} column '${column}' not found`)
  space.catalogue.dropField(found, field)
  space.forgetWithin()
}

export const dropTable = (space: Space, { ifExists, name, at: place }: Of<'drop table'>): void => {
  if (ifExists && !space.catalogue.find(name)) return
  space.catalogue.dropTable(tableNamed(space, name, place))
  space.forgetWithin()
}

export const createView = (space: Space, { alter, ifNotExists, name, text, at: place }: Of<'create view'>): void => {
  const known = space.catalogue.view(name) !== undefined
  if (alter && !known) rejected(`${at(place)} view '${name}' not found`)
  if (!alter && isTaken(space, name)) {
    if (ifNotExists) return
    rejected(`${at(place)} ${known ? 'view' : 'table or view'} '${name}' already exists`)
  }
  space.catalogue.putView(name, text)
}

export const dropView = (space: Space, { ifExists, name, at: place }: Of<'drop view'>): void => {
  if (space.catalogue.view(name)) space.catalogue.dropView(name)
  else if (!ifExists) rejected(`${at(place)} view '${name}' not found`)
}
