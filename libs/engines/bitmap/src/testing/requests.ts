import fc from 'fast-check'
import { timeText } from '../pql/time-text.js'
import { type Kind, type Model, type ModelField, ModelRefused, type Records, both, inOrder } from './model.js'

/** A call as PQL, and what it answers by the model, as JSON. */
export interface Asking { readonly text: string; readonly answer: (model: Model) => string }
interface RowAsking { readonly text: string; readonly rows: (model: Model) => Records }

export const fields: Readonly<Record<string, ModelField>> = {
  s: { kind: 'set', keys: false }, w: { kind: 'set', keys: true }, m: { kind: 'mutex', keys: false }, k: { kind: 'mutex', keys: true },
  b: { kind: 'bool', keys: false }, n: { kind: 'int', keys: false }, d: { kind: 'decimal', keys: false }, t: { kind: 'timestamp', keys: false },
  q: { kind: 'time', keys: false }, v: { kind: 'time', keys: true },
}

const options: Readonly<Record<Kind, object>> = {
  set: { type: 'set' }, mutex: { type: 'mutex' }, bool: { type: 'bool' }, int: { type: 'int', min: -100, max: 1_000 }, decimal: { type: 'decimal', scale: 2 },
  timestamp: { type: 'timestamp', timeUnit: 's' }, time: { type: 'time', timeQuantum: 'YMD' },
}

export const schemaOf = (keyed: boolean): unknown => ({
  indexes: [{ name: 't', options: { keys: keyed }, fields: Object.entries(fields).map(([name, { kind, keys }]) => ({ name, options: { ...options[kind], ...(keys && { keys }) } })) }],
})

const names = (...kinds: readonly Kind[]): readonly string[] => Object.keys(fields).filter((name) => kinds.some((kind) => fields[name]?.kind === kind))
const withRows = names('set', 'mutex', 'bool', 'time')
const withNumbers = names('int', 'decimal', 'timestamp')
/** Fields that Store makes are there only once it did. */
const made = ['x', 'y']

const ids = [0n, 1n, 2n, 3n, 7n, 65_535n, 65_536n, 1_048_575n, 1_048_576n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n]
const smallIds = ids.filter((id) => id < 2n ** 53n)
const keys = ['', 'a', 'b', 'c', 'd\'"\\', 'ü😀', 'g', 'h']
const rowIds = [0n, 1n, 2n, 3n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 63n - 1n]
const words = ['one', 'two', 'three', 'vier"', '']
const numbers = [-100n, -7n, -1n, 0n, 1n, 2n, 3n, 31n, 255n, 256n, 1_000n]
const days = ['2020-02-28T23:59', '2020-02-29T00:00', '2020-12-31T10:00', '2021-01-01T00:00', '2021-01-02T05:30', '2021-03-01T00:00', '0020-12-01T00:00', '2012-05-05T00:00'] as const

const quoted = (text: string): string => JSON.stringify(text)
const literal = (value: bigint | string): string => typeof value === 'bigint' ? String(value) : quoted(value)
const minute = (text: string): number => Date.parse(`${text}:00Z`)

/** A number of a field, as PQL has it. */
const numberLiteral = (name: string, value: bigint): string => {
  switch (fields[name]?.kind) {
    case 'decimal': return `${value < 0n ? '-' : ''}${(value < 0n ? -value : value) / 100n}.${String((value < 0n ? -value : value) % 100n).padStart(2, '0')}`
    case 'timestamp': return quoted(timeText(value * 1_000_000_000n))
    default: return String(value)
  }
}

/** One of a list, mostly of its beginning: what was written is to be met again. */
const oneOf = <T>(list: readonly T[], often = 2): fc.Arbitrary<T> => fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...list.slice(0, often)) }, { weight: 1, arbitrary: fc.constantFrom(...list) })

const aField = (of: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...of)
const aValue = (name: string): fc.Arbitrary<bigint | string> => name === 'b' ? fc.constantFrom(0n, 1n)
  : name === 'y' || fields[name]?.keys === true ? oneOf(words) : oneOf(rowIds)
const aFieldValue = (of: readonly string[]): fc.Arbitrary<{ name: string; value: bigint | string }> => aField(of).chain((name) => aValue(name).map((value) => ({ name, value })))
const valueText = (name: string, value: bigint | string): string => name === 'b' ? String(value === 1n) : literal(value)
const aRecord = (keyed: boolean, isLarge: boolean): fc.Arbitrary<bigint | string> => keyed ? oneOf(keys, 3) : oneOf(isLarge ? ids : smallIds, 3)

const comparisons = {
  '<': (a: bigint, b: bigint) => a < b, '<=': (a: bigint, b: bigint) => a <= b, '>': (a: bigint, b: bigint) => a > b, '>=': (a: bigint, b: bigint) => a >= b,
  '==': (a: bigint, b: bigint) => a === b, '!=': (a: bigint, b: bigint) => a !== b,
} as const

const numbersWhere = (model: Model, name: string, holds: (value: bigint) => boolean): Records => new Set([...model.of(name).numbers].filter(([, value]) => holds(value)).map(([record]) => record))

const leaf = (keyed: boolean): fc.Arbitrary<RowAsking> => fc.oneof(
  { weight: 4, arbitrary: aFieldValue([...withRows, ...made]).map(({ name, value }) => ({ text: `Row(${name}=${valueText(name, value)})`, rows: (model: Model) => model.having(name, model.row(name, value, false)) })) },
  { weight: 3, arbitrary: fc.tuple(aField(withNumbers), fc.constantFrom(...Object.keys(comparisons) as (keyof typeof comparisons)[]), fc.constantFrom(...numbers, -101n, 5_000n)).map(([name, op, value]) =>
    ({ text: `Row(${name} ${op} ${numberLiteral(name, value)})`, rows: (model: Model) => numbersWhere(model, name, (one) => comparisons[op](one, value)) })) },
  fc.tuple(fc.constantFrom('n', 'd'), fc.constantFrom(...numbers), fc.constantFrom(...numbers), fc.boolean(), fc.boolean()).map(([name, low, high, isLow, isHigh]) => ({
    text: `Row(${numberLiteral(name, low)} <${isLow ? '=' : ''} ${name} <${isHigh ? '=' : ''} ${numberLiteral(name, high)})`,
    rows: (model: Model) => numbersWhere(model, name, (one) => (isLow ? one >= low : one > low) && (isHigh ? one <= high : one < high)),
  })),
  fc.tuple(aField(Object.keys(fields)), fc.boolean()).map(([name, isNot]) => ({
    text: `Row(${name} ${isNot ? '!=' : '=='} null)`, rows: (model: Model) => isNot ? model.valued(name) : minus(model.records, model.valued(name)),
  })),
  fc.tuple(aFieldValue(['q', 'v']), fc.option(fc.constantFrom(...days), { nil: undefined }), fc.option(fc.constantFrom(...days), { nil: undefined })).filter(([, from, to]) => from !== undefined || to !== undefined)
    .map(([{ name, value }, from, to]) => ({
      text: `Row(${name}=${literal(value)}${from === undefined ? '' : `, from='${from}'`}${to === undefined ? '' : `, to='${to}'`})`,
      rows: (model: Model) => model.inTime(name, model.row(name, value, false), from === undefined ? undefined : minute(from), to === undefined ? undefined : minute(to)),
    })),
  fc.constant({ text: 'All()', rows: (model: Model) => model.records }),
  fc.array(aRecord(keyed, true), { maxLength: 4 }).map((some) => ({
    text: `ConstRow(columns=[${some.map(literal).join(',')}])`, rows: (model: Model) => both(new Set(some.flatMap((one) => model.record(one, false) ?? [])), model.records),
  })).filter(({ text }) => !/\d{19}/.test(text) && !text.includes('[]')),
  fc.constant({ text: 'Row(nofield=1)', rows: () => { throw new ModelRefused('nofield') } }),
)

const minus = (one: Records, other: Records): Records => new Set([...one].filter((record) => !other.has(record)))
const union = (rows: readonly Records[]): Records => new Set(rows.flatMap((row) => [...row]))

const folds: Readonly<Record<string, (rows: readonly Records[]) => Records>> = {
  Union: union,
  Intersect: ([first = new Set(), ...rest]) => rest.reduce((left, right) => both(left, right), first),
  Difference: ([first = new Set(), ...rest]) => rest.reduce(minus, first),
  Xor: ([first = new Set(), ...rest]) => rest.reduce((left, right) => union([minus(left, right), minus(right, left)]), first),
}

export const aRow = (keyed: boolean, depth = 2): fc.Arbitrary<RowAsking> => depth === 0 ? leaf(keyed) : fc.oneof(
  { weight: 4, arbitrary: leaf(keyed) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...Object.keys(folds)), fc.array(aRow(keyed, depth - 1), { minLength: 1, maxLength: 3 })).map(([name, of]) => ({
    text: `${name}(${of.map(({ text }) => text).join(', ')})`, rows: (model: Model) => folds[name]?.(of.map(({ rows }) => rows(model))) ?? new Set<bigint>(),
  })) },
  aRow(keyed, depth - 1).map(({ text, rows }) => ({ text: `Not(${text})`, rows: (model: Model) => minus(model.records, rows(model)) })),
  fc.tuple(aRow(keyed, depth - 1), fc.nat(5), fc.nat(3)).map(([{ text, rows }, limit, offset]) => ({
    text: `Limit(${text}, limit=${limit}, offset=${offset})`, rows: (model: Model) => new Set(inOrder(rows(model)).slice(offset, offset + limit)),
  })),
  ...keyed ? [] : [aRow(keyed, depth - 1).map(({ text, rows }) => ({
    text: `Shift(${text}, n=1)`, rows: (model: Model) => new Set([...rows(model)].map((id) => id + 1n)),
  }))],
)

const zero = '"0001-01-01T00:00:00Z"'
const valueJson = (model: Model, name: string, value: bigint, count: number): string => {
  const kind = model.kind(name)
  const text = model.numberText(name, value)
  return `{"value":${kind === 'int' ? text : 0},"floatValue":0,"decimalValue":${kind === 'decimal' ? text : 'null'},"timestampValue":${kind === 'timestamp' ? text : zero},"count":${count}}`
}
const noValue = `{"value":0,"floatValue":0,"decimalValue":null,"timestampValue":${zero},"count":0}`

const valuesIn = (model: Model, name: string, filter: RowAsking | undefined): readonly bigint[] => {
  const within = filter?.rows(model)
  return [...model.of(name).numbers].filter(([record]) => within?.has(record) ?? true).map(([, value]) => value)
}

const before = (filter: RowAsking | undefined): string => filter ? `${filter.text}, ` : ''
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined })

const aggregates = (keyed: boolean): fc.Arbitrary<Asking> => fc.tuple(fc.constantFrom('Sum', 'Min', 'Max'), fc.constantFrom('n', 'd', 't'), maybe(aRow(keyed, 1))).filter(([call, name]) => call !== 'Sum' || name !== 't')
  .map(([call, name, filter]) => ({
    text: `${call}(${before(filter)}field=${name})`,
    answer: (model: Model) => {
      const values = valuesIn(model, name, filter)
      const [first] = values
      if (first === undefined) return noValue
      if (call === 'Sum') return valueJson(model, name, values.reduce((sum, one) => sum + one, 0n), values.length)
      const end = values.reduce((best, one) => (call === 'Min' ? one < best : one > best) ? one : best, first)
      return valueJson(model, name, end, values.filter((one) => one === end).length)
    },
  }))

const topK = (keyed: boolean): fc.Arbitrary<Asking> => fc.tuple(fc.constantFrom('s', 'w', 'm', 'k', 'q', 'v'), fc.nat(3), maybe(aRow(keyed, 1))).map(([name, k, filter]) => ({
  text: `TopK(${name}, k=${k}${filter ? `, filter=${filter.text}` : ''})`,
  answer: (model: Model) => {
    const rows = [...model.rowsOf(name, filter?.rows(model))].sort((a, b) => b.having.size - a.having.size)
    const kept = k > 0 ? rows.slice(0, k) : rows
    const isKeyed = model.fields.get(name)?.keys === true
    return kept.length === 0 ? 'null' : `[${kept.map(({ row, having }) => `{"id":${isKeyed ? 0 : row},"key":${isKeyed ? model.wordText(name, row) : '""'},"count":${having.size}}`).join(',')}]`
  },
}))

const rows = (): fc.Arbitrary<Asking> => fc.constantFrom('s', 'w', 'm', 'k', 'q', 'v', 'x', 'y').map((name) => ({
  text: `Rows(${name})`,
  answer: (model: Model) => {
    const found = model.rowsOf(name).map(({ row }) => model.wordText(name, row))
    return model.fields.get(name)?.keys === true && found.length > 0 ? `{"rows":null,"keys":[${found.join(',')}],"Field":"${name}"}` : `{"rows":[${found.join(',')}],"Field":"${name}"}`
  },
}))

interface ModelMember { readonly text: string; readonly having: Records }

const members = (model: Model, name: string): readonly ModelMember[] => {
  if (name === 'n') {
    return inOrder(new Set(model.of(name).numbers.values())).map((value) => ({ text: `{"field":"n","value":${value}}`, having: numbersWhere(model, name, (one) => one === value) }))
  }
  const isKeyed = model.fields.get(name)?.keys === true
  return model.rowsOf(name).map(({ row, having }) => ({ text: `{"field":"${name}","${isKeyed ? 'rowKey' : 'rowID'}":${model.wordText(name, row)}}`, having }))
}

const groupBy = (keyed: boolean): fc.Arbitrary<Asking> => fc.tuple(fc.uniqueArray(fc.constantFrom('s', 'w', 'm', 'k', 'b', 'n', 'q'), { minLength: 1, maxLength: 3 }), maybe(aRow(keyed, 1)), fc.boolean()).map(([of, filter, isSum]) => ({
  text: `GroupBy(${of.map((name) => `Rows(${name})`).join(', ')}${filter ? `, filter=${filter.text}` : ''}${isSum ? ', aggregate=Sum(field=n)' : ''})`,
  answer: (model: Model) => {
    const within = filter?.rows(model)
    const grow = (groups: readonly { readonly texts: readonly string[]; readonly having: Records | undefined }[], name: string): typeof groups =>
      groups.flatMap(({ texts, having }) => members(model, name).map((member) => ({ texts: [...texts, member.text], having: having ? both(having, member.having) : member.having })))
    const groups = of.reduce(grow, [{ texts: [], having: within }])
    const counted = groups.map(({ texts, having = new Set<bigint>() }) => ({ texts, having: isSum ? both(having, model.valued('n')) : having })).filter(({ having }) => having.size > 0)
    const sum = (having: Records): bigint => [...having].reduce((all, record) => all + (model.of('n').numbers.get(record) ?? 0n), 0n)
    return `[${counted.map(({ texts, having }) => `{"group":[${texts.join(',')}],"count":${having.size}${isSum ? `,"sum":${sum(having)}` : ''}}`).join(',')}]`
  },
}))

const typeOf = (name: string): string => {
  const { kind, keys: isKeyed = false } = fields[name] ?? {}
  if (kind === 'set' || kind === 'time') return isKeyed ? '[]string' : '[]uint64'
  return kind === 'mutex' ? isKeyed ? 'string' : 'uint64' : kind === 'int' ? 'int64' : kind ?? ''
}

const extract = (keyed: boolean): fc.Arbitrary<Asking> => fc.tuple(aRow(keyed, 1), fc.uniqueArray(aField(Object.keys(fields)), { maxLength: 4 })).map(([row, of]) => ({
  text: `Extract(${[row.text, ...of.map((name) => `Rows(${name})`)].join(', ')})`,
  answer: (model: Model) => {
    const columns = inOrder(row.rows(model)).map((record) => `{"column":${model.recordText(record)},"rows":[${of.map((name) => model.cell(name, record)).join(',')}]}`)
    return `{"fields":[${of.map((name) => `{"name":"${name}","type":"${typeOf(name)}"}`).join(',')}],"columns":[${columns.join(',')}]}`
  },
}))

const sort = (keyed: boolean): fc.Arbitrary<Asking> => fc.tuple(aRow(keyed, 1), aField(withNumbers), fc.boolean(), fc.nat(6), fc.nat(3)).map(([row, name, isFalling, limit, offset]) => ({
  text: `Sort(${row.text}, field=${name}, sort-desc=${isFalling}, limit=${limit}, offset=${offset})`,
  answer: (model: Model) => {
    const { numbers: values } = model.of(name)
    const valueOf = (record: bigint): bigint => values.get(record) ?? 0n
    const sorted = inOrder(row.rows(model)).filter((record) => values.has(record))
      .sort((a, b) => valueOf(a) === valueOf(b) ? 0 : (valueOf(a) < valueOf(b)) === isFalling ? 1 : -1).slice(offset, offset + limit)
    return `{"Row":{"columns":[${inOrder(sorted).join(',')}]},"RowKVs":[${sorted.map((record) => `{"id":${record},"value":${valueOf(record)}}`).join(',')}]}`
  },
}))

const distinct = (keyed: boolean): fc.Arbitrary<Asking> => fc.tuple(fc.constantFrom(...withRows, ...withNumbers), maybe(aRow(keyed, 1))).map(([name, filter]) => ({
  text: `Distinct(${before(filter)}field=${name})`,
  answer: (model: Model) => {
    if (withRows.includes(name)) {
      const found = model.rowsOf(name, filter?.rows(model)).map(({ row }) => row)
      return `{"columns":[${found.join(',')}]${model.fields.get(name)?.keys === true ? `,"keys":[${found.map((row) => model.wordText(name, row)).join(',')}]` : ''}}`
    }
    const values = inOrder(new Set(valuesIn(model, name, filter)))
    if (name === 't') return `{"Values":[${values.map((value) => model.numberText(name, value)).join(',')}],"Name":"t"}`
    return `{"neg":{"columns":[${values.filter((one) => one < 0n).map((one) => -one).reverse().join(',')}]},"pos":{"columns":[${values.filter((one) => one >= 0n).join(',')}]}}`
  },
}))

export const aRead = (keyed: boolean): fc.Arbitrary<Asking> => fc.oneof(
  aRow(keyed).map(({ text, rows: found }) => ({ text, answer: (model: Model) => model.rowText(found(model)) })),
  aRow(keyed).map(({ text, rows: found }) => ({ text: `Count(${text})`, answer: (model: Model) => String(found(model).size) })),
  fc.tuple(aRow(keyed, 1), aRecord(keyed, false)).map(([row, id]) => ({
    text: `IncludesColumn(${row.text}, column=${literal(id)})`,
    answer: (model: Model) => { const [having, record] = [row.rows(model), model.record(id, false)]; return String(record !== undefined && having.has(record)) },
  })),
  fc.tuple(aField(withNumbers), aRecord(keyed, false)).map(([name, id]) => ({
    text: `FieldValue(field=${name}, column=${literal(id)})`,
    answer: (model: Model) => { const value = model.of(name).numbers.get(model.record(id, false) ?? -1n); return value === undefined ? noValue : valueJson(model, name, value, 1) },
  })),
  aggregates(keyed), topK(keyed), rows(), groupBy(keyed), extract(keyed), sort(keyed), distinct(keyed),
)

export const aWrite = (keyed: boolean): fc.Arbitrary<Asking> => fc.oneof(
  { weight: 8, arbitrary: fc.tuple(aRecord(keyed, true), aFieldValue(withRows)).map(([id, { name, value }]) =>
    ({ text: `Set(${literal(id)}, ${name}=${valueText(name, value)})`, answer: (model: Model) => String(model.set(name, id, value)) })) },
  { weight: 6, arbitrary: fc.tuple(aRecord(keyed, true), aField(withNumbers), fc.constantFrom(...numbers)).map(([id, name, value]) =>
    ({ text: `Set(${literal(id)}, ${name}=${numberLiteral(name, value)})`, answer: (model: Model) => String(model.set(name, id, value)) })) },
  { weight: 4, arbitrary: fc.tuple(aRecord(keyed, true), aFieldValue(['q', 'v']), fc.constantFrom(...days)).map(([id, { name, value }, day]) =>
    ({ text: `Set(${literal(id)}, ${name}=${literal(value)}, ${day})`, answer: (model: Model) => String(model.set(name, id, value, minute(day))) })) },
  { weight: 3, arbitrary: fc.tuple(aRecord(keyed, true), aFieldValue(withRows)).map(([id, { name, value }]) =>
    ({ text: `Clear(${literal(id)}, ${name}=${valueText(name, value)})`, answer: (model: Model) => String(model.clear(name, id, value)) })) },
  fc.tuple(aRecord(keyed, true), aField(withNumbers)).map(([id, name]) => ({ text: `Clear(${literal(id)}, ${name}=null)`, answer: (model: Model) => String(model.clear(name, id, 0n)) })),
  aFieldValue(withRows).map(({ name, value }) => ({ text: `ClearRow(${name}=${valueText(name, value)})`, answer: (model: Model) => String(model.clearRow(name, value)) })),
  { weight: 2, arbitrary: fc.tuple(aRow(keyed, 1), aFieldValue(['s', 'w', ...made])).map(([row, { name, value }]) => ({
    text: `Store(${row.text}, ${name}=${literal(value)})`,
    answer: (model: Model) => {
      if (!model.fields.has(name)) model.addField(name, { kind: 'set', keys: typeof value === 'string' })
      model.row(name, value, true)
      model.store(name, value, row.rows(model))
      return 'true'
    },
  })) },
  { weight: 2, arbitrary: aRow(keyed, 1).map((row) => ({ text: `Delete(${row.text})`, answer: (model: Model) => String(model.delete(row.rows(model))) })) },
  aRecord(keyed, false).map((id) => ({ text: `Set(${literal(id)}, n=1001)`, answer: (model: Model) => String(model.set('n', id, 1_001n)) })),
)

/** A row of an import as JSON, and what it does. */
export interface ImportedRow { readonly json: string; readonly apply: (model: Model) => void }

interface Cell { readonly name: string; readonly json: string; readonly apply: (model: Model, id: bigint | string) => void }

const jsonOf = (name: string, value: bigint | string): string => name === 'b' ? String(value === 1n) : literal(value)
const isText = (value: bigint | string): boolean => value !== ''

const aCell: fc.Arbitrary<Cell> = fc.oneof(
  aFieldValue(withRows).filter(({ value }) => isText(value)).map(({ name, value }) => ({ name, json: jsonOf(name, value), apply: (model: Model, id: bigint | string) => { model.set(name, id, value) } })),
  fc.constantFrom('s', 'w').chain((name) => fc.array(aValue(name).filter(isText), { minLength: 1, maxLength: 4 }).map((values) =>
    ({ name, json: `[${values.map(literal).join(',')}]`, apply: (model: Model, id: bigint | string) => { for (const value of values) model.set(name, id, value) } }))),
  fc.tuple(aFieldValue(['q', 'v']).filter(({ value }) => isText(value)), fc.constantFrom(...days)).map(([{ name, value }, day]) =>
    ({ name, json: `{"at":"${day}:00Z","values":[${literal(value)}]}`, apply: (model: Model, id: bigint | string) => { model.set(name, id, value, minute(day)) } })),
  fc.tuple(aField(withNumbers), fc.constantFrom(...numbers)).map(([name, value]) => ({ name, json: numberLiteral(name, value), apply: (model: Model, id: bigint | string) => { model.set(name, id, value) } })),
)

export const anImport = (keyed: boolean): fc.Arbitrary<readonly ImportedRow[]> => fc.array(
  fc.tuple(aRecord(keyed, true).filter(isText), fc.uniqueArray(aCell, { selector: ({ name }) => name, maxLength: 5 })).map(([id, cells]) => ({
    json: `{${[`"_id":${literal(id)}`, ...cells.map(({ name, json }) => `"${name}":${json}`)].join(',')}}`,
    apply: (model: Model) => {
      model.records.add(model.record(id, true) ?? 0n)
      for (const { apply } of cells) apply(model, id)
    },
  })), { minLength: 1, maxLength: 12 })
