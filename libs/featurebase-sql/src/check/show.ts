import { meaningError, SqlError } from '../error.js'
import type { OtherStatement, Show } from '../tree.js'
import type { TypedStatement } from '../typed.js'
import { nameOf, tableNamed } from './define.js'
import type { Work } from './scope.js'

export const checkShow = ({ what, table, with: option }: Show, work: Work): TypedStatement => {
  if (option && nameOf(option) !== 'system') throw meaningError(option.at, `unknown show option '${option.text}'`)
  return { kind: 'show', what, table: table && tableNamed(table, work).name, withSystem: option !== undefined }
}

const why: Readonly<Record<OtherStatement['what'], string>> = {
  'create database': 'a database is made through the API of this server, and not with SQL',
  'alter database': 'a database is changed through the API of this server, and not with SQL',
  'drop database': 'a database is ended through the API of this server, and not with SQL',
  'create function': 'unsupported language \'sql\'',
  'drop function': 'there are no functions but those of the language',
  'create model': 'models are not kept here',
  'drop model': 'models are not kept here',
  predict: 'models are not kept here',
}

/** What FeatureBase reads and this server does not do is refused with the reason. */
export const refuseOther = ({ what, at }: OtherStatement): never => {
  if (what === 'create function') throw new SqlError('meaning', why[what], at)
  throw meaningError(at, `${what.toUpperCase()} is not supported: ${why[what]}`)
}
