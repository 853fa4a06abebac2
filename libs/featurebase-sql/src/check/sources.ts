import type { TableEntry, ViewEntry } from '../catalogue.js'
import { meaningError, nowhere, type Position } from '../error.js'
import { parseSql } from '../parse/parse.js'
import type { Expression, Hint, Source } from '../tree.js'
import type { TypedColumn, TypedExpression, TypedQuery, TypedSource } from '../typed.js'
import { isSet } from '../types.js'
import { columnNotFound, tableOrViewNotFound, tooMuch, unsupported } from './messages.js'
import { type Around, type Common, later, nextSource, type ScopeSource, sourceOf } from './scope.js'

type Of<Kind extends Source['kind']> = Extract<Source, { readonly kind: Kind }>

export const dragons = '🦖 here there be dragons! JOINS are experimental.'
const cartesian = '⚠️  cartesian products are never a good idea - are you missing a join constraint?'
const maxViews = 16
const maxJoined = 64

/** What FROM brings: the typed sources, and the same as names see them. */
export interface CheckedSource {
  readonly typed: TypedSource
  readonly sources: readonly ScopeSource[]
  /** What FeatureBase says of the joins, each before those inside it. */
  readonly warnings: readonly string[]
}

/** How ON is understood, of the sources that it joins. */
export type CheckOn = (on: Expression, sources: readonly ScopeSource[]) => TypedExpression

const flattened = (hints: readonly Hint[], columns: readonly TypedColumn[]): string | undefined => {
  let found: string | undefined
  for (const { name, parameters } of hints) {
    if (name.text.toLowerCase() !== 'flatten') throw meaningError(name.at, `unknown query hint '${name.text}'`)
    const [parameter, ...others] = parameters
    // FeatureBase shows this place the wrong way round: the column, then the line.
    const behind: Position = { line: name.at.column + name.text.length, column: name.at.line }
    if (!parameter || others.length > 0) {
      throw meaningError(behind, `query hint '${name.text}' expected 1 parameter(s) (column name), got ${parameters.length} parameters`)
    }
    const column = columns.find((each) => each.name.toLowerCase() === parameter.text.toLowerCase())
    if (!column) throw columnNotFound(parameter.at, parameter.text)
    if (isSet(column.type)) found = column.name
  }
  return found
}

const ofTable = ({ alias, hints, at }: Of<'table'>, table: TableEntry, around: Around): CheckedSource => {
  const flatten = flattened(hints, table.columns)
  const id = nextSource(around.work, at)
  const shape = { id, table: table.name, columns: table.columns }
  const typed: TypedSource = table.kind === 'table' ? { kind: 'table', ...shape, flatten } : { kind: 'system table', ...shape }
  return { typed, sources: [sourceOf(id, alias ? [alias.text, table.name] : [table.name], table.columns)], warnings: [] }
}

/** Where a query stands, by what names, and what is asked of it. */
interface Place {
  readonly names: readonly string[]
  readonly hints: readonly Hint[]
  readonly at: Position
}

const ofQuery = (query: TypedQuery, { names, hints, at }: Place, around: Around): CheckedSource => {
  const id = nextSource(around.work, at)
  const source = sourceOf(id, names, query.columns)
  const columns = source.columns.map(({ reference, type }) => ({ name: reference, type }))
  return { typed: { kind: 'query', id, query: { ...query, columns }, flatten: flattened(hints, columns) }, sources: [source], warnings: [] }
}

/** A view's text is read anew each time, and sees nothing of where its name stands. */
const ofView = (view: ViewEntry, place: Place, { work, views }: Around): CheckedSource => {
  const { at } = place
  if (views >= maxViews) throw tooMuch(at, `views may stand in views ${maxViews} deep`)
  const [statement] = parseSql(view.text)
  if (statement?.kind !== 'select' && statement?.kind !== 'union') throw meaningError(at, `view '${view.name}' is no query`)
  const around: Around = { work, outer: undefined, common: new Map(), views: views + 1 }
  return ofQuery(work.checkQuery(statement, around), place, around)
}

const ofCommon = ({ table, sees }: Common, place: Place, around: Around): CheckedSource => {
  const query = around.work.checkQuery(table.query, { ...around, common: sees })
  if (table.columns.length === 0) return ofQuery(query, place, around)
  if (table.columns.length !== query.columns.length) throw meaningError(table.at, 'mismatch in the count of expressions and target columns')
  const columns = query.columns.map(({ name, type }, each) => ({ name: table.columns[each]?.text ?? name, type }))
  return ofQuery({ ...query, columns }, place, around)
}

const ofNamed = (source: Of<'table'>, around: Around): CheckedSource => {
  const name = source.name.text.toLowerCase()
  const place = { names: [source.alias?.text ?? name], hints: source.hints, at: source.at }
  const common = around.common.get(name)
  const entry = common ? undefined : around.work.catalogue.find(name)
  if (entry && entry.kind !== 'view') return ofTable(source, entry, around)
  if (common) return ofCommon(common, place, around)
  if (!entry) throw tableOrViewNotFound(source.name.at, name)
  return ofView(entry, place, around)
}

const ofJoin = ({ how, howAt, left, right, on }: Of<'join'>, around: Around, checkOn: CheckOn): CheckedSource => {
  const [one, other] = [checkSource(left, around, checkOn), checkSource(right, around, checkOn)]
  const sources = [...one.sources, ...other.sources]
  if (sources.length > maxJoined) throw tooMuch(howAt, `a query may join at most ${maxJoined} sources`)
  const condition = on && checkOn(on, sources)
  if (how === 'right' || how === 'full') later(around.work, unsupported(howAt, `${how.toUpperCase()} join types`))
  const kind = how === 'left' ? 'left' : condition ? 'inner' : 'cross'
  const typed: TypedSource = { kind: 'join', how: kind, left: one.typed, right: other.typed, on: condition }
  return { typed, sources, warnings: [dragons, ...condition ? [] : [cartesian], ...one.warnings, ...other.warnings] }
}

export const checkSource = (source: Source, around: Around, checkOn: CheckOn): CheckedSource => {
  switch (source.kind) {
    case 'table': return ofNamed(source, around)
    case 'query': return ofQuery(around.work.checkQuery(source.query, around), { names: source.alias ? [source.alias.text] : [], hints: [], at: source.at }, around)
    case 'join': return ofJoin(source, around, checkOn)
    case 'function': throw meaningError(nowhere, 'table valued function is not supported')
  }
}
