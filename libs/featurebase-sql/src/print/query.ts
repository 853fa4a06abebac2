import type { CommonTable, Item, Name, Order, Query, Select, Source } from '../tree.js'
import { printExpression, printName, printNames } from './expression.js'

const printAlias = (alias: Name | undefined): string => alias ? ` AS ${printName(alias)}` : ''

const printItem = (item: Item): string => item.kind === 'star'
  ? `${item.table ? `${printName(item.table)}.` : ''}*`
  : `${printExpression(item.expression)}${printAlias(item.alias)}`

const joins = {
  inner: ' INNER JOIN ', left: ' LEFT JOIN ', right: ' RIGHT JOIN ', full: ' FULL JOIN ', cross: ' CROSS JOIN ', comma: ', ',
} as const satisfies Record<Extract<Source, { kind: 'join' }>['how'], string>

const printSource = (source: Source): string => {
  switch (source.kind) {
    case 'table': {
      const hints = source.hints.map(({ name, parameters }) => `${printName(name)}(${printNames(parameters)})`).join(', ')
      return `${printName(source.name)}${printAlias(source.alias)}${hints === '' ? '' : ` WITH (${hints})`}`
    }
    case 'function': return `${printExpression(source.call)}${printAlias(source.alias)}`
    case 'query': return `(${printQuery(source.query)})${printAlias(source.alias)}`
    case 'join': {
      const right = source.right.kind === 'join' ? `(${printSource(source.right)})` : printSource(source.right)
      return `${printSource(source.left)}${joins[source.how]}${right}${source.on ? ` ON ${printExpression(source.on)}` : ''}`
    }
  }
}

const printOrder = ({ expression, descending, nulls }: Order): string =>
  `${printExpression(expression)}${descending ? ' DESC' : ''}${nulls ? ` NULLS ${nulls.toUpperCase()}` : ''}`

const printCommon = ({ name, columns, query }: CommonTable): string =>
  `${printName(name)}${columns.length > 0 ? ` (${printNames(columns)})` : ''} AS (${printQuery(query)})`

const printSelect = ({ distinct, top, items, from, where, groupBy, having }: Select): string => [
  'SELECT', ...distinct ? ['DISTINCT'] : [], ...top ? [`${top.word.toUpperCase()}(${printExpression(top.count)})`] : [],
  items.map(printItem).join(', '), ...from ? [`FROM ${printSource(from)}`] : [], ...where ? [`WHERE ${printExpression(where)}`] : [],
  ...groupBy.length > 0 ? [`GROUP BY ${groupBy.map(printExpression).join(', ')}`] : [], ...having ? [`HAVING ${printExpression(having)}`] : [],
].join(' ')

/** On one line: read again, it is the same tree but for the places in it. */
export const printQuery = (query: Query): string => {
  const { with: tables, orderBy, limit, offset } = query
  return [
    ...tables.length > 0 ? [`WITH ${tables.map(printCommon).join(', ')}`] : [],
    query.kind === 'select' ? printSelect(query) : `${printQuery(query.left)} UNION${query.all ? ' ALL' : ''} ${printQuery(query.right)}`,
    ...orderBy.length > 0 ? [`ORDER BY ${orderBy.map(printOrder).join(', ')}`] : [],
    ...limit ? [`LIMIT ${printExpression(limit.count)}`] : [], ...offset ? [`OFFSET ${printExpression(offset.count)}`] : [],
  ].join(' ')
}
