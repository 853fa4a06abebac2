import { type DataType, type TypedExpression, isSet } from '@tenantry/featurebase-sql'
import { dictionaryOf, valuesOf } from '../../store/schema.sql.js'
import type { Field } from '../../store/catalogue.js'
import { hasWords } from '../../store/catalogue.js'
import type { Builder, Wanted } from './builder.js'
import { type Fragment, type StoredSet, limitError } from './fragment.js'
import { isMembers, kept } from './binds.js'

/** A column of sets, of one record. `restriction` is on the time views that count. */
export const setColumn = (field: Field, record: string, type: DataType, restriction: string | undefined): Fragment => {
  const { options } = field
  const hasStandard = !(options.type === 'time' && options.noStandardView)
  const stored = {
    table: valuesOf(field.id), record, words: hasWords(field) ? dictionaryOf(field.id) : undefined,
    views: restriction ?? (hasStandard ? 'view = 0' : 'view <> 0'), flat: undefined,
  }
  return { text: listOf(stored, restriction !== undefined || !hasStandard), type, stored }
}

/** One value of a set, as a set of its own: none where a join found no record. */
export const setOfOne = (value: string, member = value): string => `(CASE WHEN ${value} IS NOT NULL THEN json_array(${member}) END)`

/** A set column of which each value makes a record. */
export const flatColumn = (field: Field, record: string, value: string, type: DataType): Fragment => {
  const words = hasWords(field) ? dictionaryOf(field.id) : undefined
  return {
    text: setOfOne(value, words && `(SELECT word FROM ${words} WHERE id = ${value})`),
    type,
    stored: { table: valuesOf(field.id), record, words, views: `view = 0 AND value = ${value}`, flat: value },
  }
}

const listOf = ({ table, record, words, views }: StoredSet, mayRepeat: boolean): string => {
  const distinct = mayRepeat ? 'DISTINCT ' : ''
  const from = words
    ? `(SELECT ${distinct}word AS member FROM ${table} JOIN ${words} ON id = value WHERE record = ${record} AND ${views})`
    : `(SELECT ${distinct}value AS member FROM ${table} WHERE record = ${record} AND ${views})`
  return `(SELECT nullif(json_group_array(member ORDER BY member), '[]') FROM ${from})`
}

const has = ({ table, record, views }: StoredSet, condition = ''): string => `EXISTS (SELECT 1 FROM ${table} WHERE record = ${record} AND ${views}${condition})`

/** Whether a set is there: without a member it is none. */
export const isThere = (stored: StoredSet): string => stored.flat === undefined ? has(stored) : `${stored.flat} IS NOT NULL`

/** As a condition that there is something to look for, where that is not known before. */
const isSought = ({ text, constant, coded }: Fragment): string => constant === undefined ? ` AND ${coded?.number ?? text} IS NOT NULL` : ''

/** Of a record without a set nothing is known, and of nothing that is looked for; where only what holds counts, that is as good as false. */
const orUnknown = (stored: StoredSet, condition: string, sought: Fragment, wanted: Wanted): string =>
  wanted === 'condition' ? condition : `(CASE WHEN ${condition} THEN 1 WHEN ${isThere(stored)}${isSought(sought)} THEN 0 END)`

const storedMember = ({ words }: StoredSet, text: string): string => words ? `(SELECT id FROM ${words} WHERE word = ${text})` : text

/** A set that is no column, as JSON. */
const listText = ({ binds }: Builder, set: Fragment): string => isMembers(set.constant) ? binds.json(kept(set.constant)) : set.text

const containsOne = (builder: Builder, set: Fragment, member: Fragment, wanted: Wanted): string =>
  set.stored ? orUnknown(set.stored, has(set.stored, ` AND value = ${storedMember(set.stored, member.text)}`), member, wanted) : called(builder, 'SETCONTAINS', set, member)

const containsAny = (builder: Builder, set: Fragment, sought: Fragment, wanted: Wanted): string => {
  if (!set.stored) return called(builder, 'SETCONTAINSANY', set, sought)
  const list = `SELECT value FROM json_each(${listText(builder, sought)})`
  const numbers = set.stored.words ? `SELECT id FROM ${set.stored.words} WHERE word IN (${list})` : list
  return orUnknown(set.stored, has(set.stored, ` AND ${set.stored.table}.value IN (${numbers})`), sought, wanted)
}

/** Whether a set has each member of another. */
export const containsAll = (builder: Builder, set: Fragment, sought: Fragment): string => {
  if (!set.stored) return called(builder, 'SETCONTAINSALL', set, sought)
  const missing = has(set.stored, ` AND ${set.stored.table}.value = ${storedMember(set.stored, 'sought.value')}`)
  const all = `NOT EXISTS (SELECT 1 FROM json_each(${listText(builder, sought)}) AS sought WHERE NOT ${missing})`
  // Nothing has no members that could be missing: it is asked first whether there is a set, and one to compare it with.
  return `(CASE WHEN ${isThere(set.stored)}${isSought(sought)} THEN ${all} END)`
}

const called = ({ functions }: Builder, name: string, set: Fragment, other: Fragment): string => `${functions.call(name, [set, other], { type: { name: 'bool' } })}(${set.text}, ${other.text})`

type Call = Extract<TypedExpression, { kind: 'call' }>

/** SETCONTAINS and its like; undefined for another function. */
export const setCall = (builder: Builder, { name, arguments: given, type }: Call, wanted: Wanted): Fragment | undefined => {
  const [first, second] = given
  if (!name.startsWith('SETCONTAINS') || !first || !second) return undefined
  const [set, sought] = [builder.expression(first), builder.expression(second)]
  if (set.constant === null || sought.constant === null) return { text: 'NULL', type, constant: null }
  // A set beside a single member, and the other way round, is what its name asks for.
  if (name === 'SETCONTAINS' && !isSet(sought.type)) return { type, text: containsOne(builder, set, sought, wanted) }
  return { type, text: name === 'SETCONTAINSANY' ? containsAny(builder, set, sought, wanted) : containsAll(builder, set, sought) }
}

/** SQLite's own bound of a function's arguments. */
const mostMembers = 1_000

/** A set of members that are not all constants: those that there are, once. */
export const setOf = (members: readonly Fragment[], type: DataType): Fragment => {
  if (members.length > mostMembers) throw limitError(`a set of members that are no constants has ${mostMembers} at most`)
  const rows = `SELECT DISTINCT value AS member FROM json_each(json_array(${members.map(({ text }) => text).join(', ')})) WHERE value IS NOT NULL`
  return { type, text: `(SELECT nullif(json_group_array(member ORDER BY member), '[]') FROM (${rows}))` }
}
