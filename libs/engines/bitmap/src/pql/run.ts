import { type Call, type CallName, type Query, isWrite } from '@tenantry/pql'
import { EngineRefusal } from '@tenantry/engines-contract'
import { extremeJson, fieldValueJson, percentileJson, sumJson } from './aggregates.js'
import { type At, at, mapping, plain } from './at.js'
import { check } from './check.js'
import { countDistinct, distinctJson } from './distinct.js'
import { extractJson } from './extract.js'
import { groupByJson } from './group-by.js'
import { columnsJson } from './json.js'
import { endRowJson, rowsJson, topKJson, topNJson } from './list-rows.js'
import { doing, refuse } from './refused.js'
import { countOfBoth, rowOfCall, withOptions } from './rows.js'
import { sortJson } from './sort.js'
import { recordOf } from './values.js'
import { write } from './writes.js'

/** What each call of a request answers, as JSON, one after the other. What was written before a call that is refused stays written. */
export function* results({ calls }: Query, here: At): Generator<string> {
  const makesFields = calls.some(({ name }) => name === 'Store')
  doing('executing', () => { for (const call of calls) check(call, here) })
  for (const call of calls) {
    yield doing('executing', () => {
      // What an earlier call made was not there to be checked against.
      if (makesFields) check(call, here)
      return answer(call, here)
    })
  }
}

const answer = (call: Call, here: At): string => isWrite(call)
  ? String(doing(`execute${call.name === 'Store' ? 'SetRow' : call.name}`, () => write(call, here)))
  : here.space.bitmaps.scope(() => read(call, here))

const read = (call: Call, outer: At): string => {
  const run = readers[call.name]
  if (run) return run(call, at(call, outer))
  if (call.name === 'Options') return withOptions(call, outer, read)
  if (call.name === 'Apply' || call.name === 'Arrow' || call.name === 'ExternalLookup') throw new EngineRefusal('LanguageNotSupported', `${call.name}() is not supported here.`)
  const here = at(call, outer)
  return makingRow(() => columnsJson(here, rowOfCall(call, outer), here.data.table))
}

const makingRow = <T>(work: () => T): T => doing('executeBitmapCall', () => doing('map reduce', () => mapping(work)))

type Reader = (call: Call, here: At) => string

const named = (name: string, run: Reader): Reader => (call, here) => doing(`execute${name}`, () => run(call, here))
const mapped = (name: string, run: Reader): Reader => named(name, (call, here) => mapping(() => run(call, here)))

const count: Reader = (call, here) => {
  const [child, ...more] = call.children
  if (!child) return refuse('Count() requires an input bitmap')
  if (more.length > 0) return refuse('Count() only accepts a single bitmap input')
  if (child.name === 'Distinct') return String(countDistinct(child, at(child, here)))
  const inside = at(child, here)
  const [one, other, ...others] = child.children
  if (child.name === 'Intersect' && one && other && others.length === 0) return String(countOfBoth(one, other, inside))
  return String(rowOfCall(child, here).count())
}

const includes: Reader = (call, here) => {
  const [child, ...more] = call.children
  const column = plain(call, 'column') ?? refuse('IncludesColumn call must specify a column')
  if (!child || more.length > 0) return refuse('IncludesColumn() requires exactly one row')
  const record = recordOf(here.space, here.data.table, column)
  const row = rowOfCall(child, here)
  return String(record !== undefined && row.has(record))
}

const readers: Readonly<Partial<Record<CallName, Reader>>> = {
  Count: named('Count', count),
  IncludesColumn: named('IncludesColumnCall', includes),
  Sum: named('Sum', sumJson),
  Min: named('Min', (call, here) => extremeJson(call, here, 'min')),
  Max: named('Max', (call, here) => extremeJson(call, here, 'max')),
  MinRow: named('MinRow', (call, here) => endRowJson(call, here, 'first')),
  MaxRow: named('MaxRow', (call, here) => endRowJson(call, here, 'last')),
  Percentile: named('Percentile', percentileJson),
  FieldValue: named('FieldValueCall', fieldValueJson),
  Rows: mapped('Rows', rowsJson),
  TopN: named('TopN', (call, here) => doing('finding top results', () => mapping(() => topNJson(call, here)))),
  TopK: mapped('TopK', topKJson),
  GroupBy: named('GroupBy', groupByJson),
  Distinct: mapped('Distinct', distinctJson),
  Extract: mapped('Extract', extractJson),
  Sort: mapped('Sort', sortJson),
}
