import type { TableEntry } from '../catalogue.js'
import { meaningError, nowhere, SqlError } from '../error.js'
import type { AlterTable, CreateTable, CreateView, DropTable, DropView, Name, TableOption } from '../tree.js'
import type { ColumnWish, TypedStatement } from '../typed.js'
import { checkColumn } from './columns.js'
import { columnNotFound, expected, tableNotFound } from './messages.js'
import { checkWholeQuery } from './query.js'
import type { Work } from './scope.js'

const idName = '_id'
const ignoredPartitions = 'The value of KEYPARTITIONS is currently ignored'

export const nameOf = ({ text }: Name): string => text.toLowerCase()

const duplicate = (name: Name): SqlError => meaningError(name.at, `duplicate column '${nameOf(name)}'`)

/** A table of the tenant's: neither a view nor one of the system's. */
export const tableNamed = (name: Name, { catalogue }: Work): TableEntry => {
  const entry = catalogue.find(nameOf(name))
  if (entry?.kind !== 'table') throw tableNotFound(name.at, nameOf(name))
  return entry
}

const checkIdColumn = ({ type, options }: CreateTable['columns'][number]): void => {
  const written = nameOf(type.name)
  if (written !== 'id' && written !== 'string') throw meaningError(type.at, '_id column must be specified with type ID or STRING')
  if (options.length > 0) throw meaningError(type.at, '_id column must be specified with no constraints')
}

const checkTableOption = ({ name, value }: TableOption): string => {
  if (name === 'comment') {
    if (value.kind !== 'string') throw meaningError(value.at, 'string literal expected')
    return value.value
  }
  if (value.kind !== 'integer') throw expected(value.at, 'integer literal')
  if (value.value < 1n || value.value > 10_000n) {
    throw meaningError(value.at, `invalid value '${value.value}' for key partitions (should be a number between 1-10000)`)
  }
  return ''
}

const checkTableOptions = (options: readonly TableOption[], work: Work): string => {
  const texts = options.map(checkTableOption)
  if (options.some(({ name }) => name === 'keypartitions')) work.warnings.push(ignoredPartitions)
  return texts.findLast((_text, place) => options[place]?.name === 'comment') ?? ''
}

/** Whether the name is taken is known when it is made: FeatureBase tells no place then. */
export const checkCreateTable = ({ at, ifNotExists, name, columns, options }: CreateTable, work: Work): TypedStatement => {
  const known = new Set<string>()
  const wishes: ColumnWish[] = []
  let keyed: boolean | undefined
  for (const column of columns) {
    const columnName = nameOf(column.name)
    if (known.has(columnName)) throw duplicate(column.name)
    known.add(columnName)
    const isId = columnName === idName
    if (isId) checkIdColumn(column)
    if (isId) keyed = nameOf(column.type.name) === 'string'
    else wishes.push(checkColumn(column))
  }
  if (keyed === undefined) throw meaningError(at, '_id column must be specified')
  const comment = checkTableOptions(options, work)
  return { kind: 'create table', ifNotExists, name: nameOf(name), keyed, columns: wishes, comment, warnings: work.warnings, at: nowhere }
}

const checkAdd = (change: Extract<AlterTable['change'], { kind: 'add' }>, name: Name, work: Work): TypedStatement => {
  const { column } = change
  if (nameOf(column.name) === idName) throw meaningError(column.at, '_id column cannot be added to an existing table')
  const wish = checkColumn(column)
  const table = tableNamed(name, work)
  if (table.columns.some((each) => each.name.toLowerCase() === wish.name)) throw duplicate(column.name)
  return { kind: 'add column', table: table.name, column: wish, at: column.at }
}

const checkDropColumn = (column: Name, name: Name, work: Work): TypedStatement => {
  const table = tableNamed(name, work)
  const found = table.columns.find((each) => each.name.toLowerCase() === nameOf(column))
  if (!found) throw columnNotFound(column.at, nameOf(column))
  if (found.name === idName) throw meaningError(column.at, '_id column cannot be dropped')
  return { kind: 'drop column', table: table.name, column: found.name, at: column.at }
}

const refuseRename = (column: Name, to: Name, name: Name, work: Work): never => {
  if (nameOf(column) === nameOf(to)) throw duplicate(to)
  tableNamed(name, work)
  throw new SqlError('meaning', 'column rename is unimplemented', column.at)
}

export const checkAlterTable = ({ name, change }: AlterTable, work: Work): TypedStatement => {
  switch (change.kind) {
    case 'add': return checkAdd(change, name, work)
    case 'drop': return checkDropColumn(change.column, name, work)
    case 'rename': return refuseRename(change.column, change.to, name, work)
  }
}

export const checkDropTable = ({ ifExists, name }: DropTable, work: Work): TypedStatement => {
  if (!ifExists || work.catalogue.find(nameOf(name))?.kind === 'view') tableNamed(name, work)
  return { kind: 'drop table', ifExists, name: nameOf(name), at: name.at }
}

/** A view that is changed sees no view of its name, so that none can come to ask itself. */
const hiding = (name: string, work: Work): Work =>
  ({ ...work, catalogue: { find: (wanted) => wanted === name ? undefined : work.catalogue.find(wanted) } })

export const checkView = ({ alter, ifNotExists, name, query, text }: CreateView, work: Work): TypedStatement => {
  const typed = checkWholeQuery(query, alter ? hiding(nameOf(name), work) : work)
  return { kind: 'create view', alter, ifNotExists, name: nameOf(name), text, query: typed, at: nowhere }
}

export const checkDropView = ({ ifExists, name }: DropView): TypedStatement =>
  ({ kind: 'drop view', ifExists, name: nameOf(name), at: nowhere })
