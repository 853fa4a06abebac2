/** What an argument must be. `anything` is not looked at, because it may be a field's value. */
export type ArgumentType = 'anything' | 'int' | 'string' | 'bool' | 'string or int' | 'string or variable' | 'list or variable'

/** What a call answers. `argument` calls stand only inside others; `child` answers what its first child does. */
export type AnswerKind =
  | 'row' | 'count' | 'changed' | 'contains' | 'value' | 'rows' | 'pairs' | 'pair' | 'groups' | 'distinct' | 'table' | 'sorted'
  | 'argument' | 'child' | 'unsupported'

/** What the text of a call may begin with besides calls and `key=value`. */
export type CallForm = 'generic' | 'column' | 'column and time' | 'field' | 'one argument' | 'store' | 'range' | 'programs'

export interface CallRule {
  readonly access: 'read' | 'write'
  readonly answer: AnswerKind
  readonly form: CallForm
  /** An open call takes any key that is not reserved: it may be the name of a field. */
  readonly open: boolean
  readonly args: Readonly<Record<string, ArgumentType>>
}

type Kept = Partial<Omit<CallRule, 'answer'>>
const rule = (answer: AnswerKind, kept: Kept = {}): CallRule => ({ access: 'read', form: 'generic', open: false, args: {}, answer, ...kept })

const write: Kept = { access: 'write', open: true }
const open: Kept = { open: true, args: { _index: 'string' } }
const field = { _field: 'string or variable', field: 'string or variable' } as const
const page = { limit: 'int', offset: 'int' } as const
const times = { from: 'anything', to: 'anything' } as const

/** Every call, under the name that trees and answers spell. */
export const calls = {
  Set: rule('changed', { ...write, form: 'column and time', args: { _col: 'string or int', _timestamp: 'string' } }),
  Clear: rule('changed', { ...write, form: 'column', args: { _col: 'string or int' } }),
  ClearRow: rule('changed', { ...write, form: 'one argument' }),
  Store: rule('changed', { ...write, form: 'store' }),
  Delete: rule('changed', write),

  Row: rule('row', open),
  Range: rule('row', { ...open, form: 'range' }),
  All: rule('row', { args: page }),
  ConstRow: rule('row', { args: { columns: 'list or variable' } }),
  Union: rule('row'),
  Intersect: rule('row'),
  Difference: rule('row'),
  Xor: rule('row'),
  Not: rule('row'),
  Shift: rule('row', { args: { n: 'int' } }),
  UnionRows: rule('row'),
  Limit: rule('row', { args: page }),
  Distinct: rule('distinct', open),

  Count: rule('count', open),
  IncludesColumn: rule('contains', { args: { column: 'string or int' } }),
  Sum: rule('value', { form: 'field', args: field }),
  Min: rule('value', { form: 'field', args: field }),
  Max: rule('value', { form: 'field', args: field }),
  Percentile: rule('value', { form: 'field', args: { ...field, filter: 'anything', nth: 'anything' } }),
  FieldValue: rule('value', { args: { field: 'string', column: 'string or int' } }),
  MinRow: rule('pair', { args: field }),
  MaxRow: rule('pair', { args: field }),
  Rows: rule('rows', {
    form: 'field',
    args: { ...field, ...times, limit: 'int', column: 'anything', previous: 'anything', like: 'string', in: 'anything' },
  }),
  TopN: rule('pairs', { form: 'field', open: true, args: { ...field, _index: 'string' } }),
  TopK: rule('pairs', { form: 'field', args: { ...field, ...times, k: 'int', filter: 'anything' } }),
  GroupBy: rule('groups', {
    args: { ...page, filter: 'anything', previous: 'anything', aggregate: 'anything', having: 'anything', sort: 'string' },
  }),
  Extract: rule('table'),
  Sort: rule('sorted', { ...open, args: { ...field, ...page, '_index': 'string', 'sort-desc': 'bool' } }),

  Condition: rule('argument', open),
  Options: rule('child', { args: { shards: 'anything' } }),
  Apply: rule('unsupported', { open: true, form: 'programs', args: { _ivy: 'string', _ivyReduce: 'string' } }),
  Arrow: rule('unsupported', { args: { header: 'list or variable' } }),
  ExternalLookup: rule('unsupported', { access: 'write', args: { query: 'string', write: 'bool' } }),
} as const satisfies Record<string, CallRule>

export type CallName = keyof typeof calls

const names = new Map(Object.keys(calls).flatMap((name) => [[name, name], [name.toLowerCase(), name]] as const))

/** The name's own spelling, or undefined for a call that there is not. Small and large letters are alike. */
export const callNameOf = (written: string): CallName | undefined =>
  // The map was made of this very table.
  (names.get(written) ?? names.get(written.toLowerCase())) as CallName | undefined

export const ruleOf = (name: CallName): CallRule => calls[name]
