import { type Argument, type Call, type Value, callsInside, fieldArguments, isWrite, valueOf } from '@tenantry/pql'
import { type At, at } from './at.js'
import { goText } from './go-text.js'
import { refuse } from './refused.js'
import { checkValue } from './values.js'

const withFields: ReadonlySet<string> = new Set(['Row', 'Range', 'Set', 'Clear', 'ClearRow', 'Store'])

/** Refuses a call whose values do not fit its fields, before anything of the request is run. What is not there is found when it is run. */
export const check = (call: Call, outer: At): void => {
  const here = at(call, outer)
  if (withFields.has(call.name)) {
    checkColumn(call, here)
    for (const { key, value } of fieldArguments(call)) checkField(call, here, key, value)
  }
  for (const inner of callsInside(call)) check(inner, here)
}

const checkColumn = (call: Call, { data: { table } }: At): void => {
  const column = valueOf(call, '_col')
  if (column?.kind === 'string' && !table.keyed) refuse(`creating query column keys: cannot create keys on unkeyed index ${JSON.stringify(table.name)}`)
  if (column?.kind === 'int' && table.keyed) refuse(`translating call: column value must be a string when index 'keys' option enabled: ${goText(column)}`)
}

const checkField = (call: Call, { data }: At, key: string, asked: Argument['value']): void => {
  if (asked.kind === 'range') return
  const value: Value = asked.kind === 'condition' ? asked.value : asked
  if (asked.kind === 'condition' && value.kind === 'string' && asked.op !== '==' && asked.op !== '!=') refuse(`operator ${asked.op} not defined on strings`)
  const field = data.field(key)
  if (field && !(asked.kind === 'condition' && asked.op === '><')) checkValue(field, value, isWrite(call) ? 'store value' : 'field parameter value')
}

