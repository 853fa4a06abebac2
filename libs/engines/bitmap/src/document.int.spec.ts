import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Asked, makeRoot } from './testing/database.js'

const document = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/pql.md'), 'utf8')

/** The cells of every line of a table that is no line of dashes. */
const rows = document.split('\n').filter((line) => line.startsWith('|') && !/^\|[-|]+\|$/.test(line)).map((line) => line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()))
const codes = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
const isCall = (code: string): boolean => /^[A-Z][A-Za-z]*\(.*\)$/.test(code)

const optionsOf: Readonly<Record<string, object>> = {
  stringset: { type: 'set', keys: true }, int: { type: 'int' }, 'decimal, 2': { type: 'decimal', scale: 2 }, timestamp: { type: 'timestamp', timeUnit: 's' },
  'idsetq, YMD': { type: 'time', timeQuantum: 'YMD' }, bool: { type: 'bool' },
}

const headAt = rows.findIndex(([first]) => first === '_id')
const columns = (rows[headAt] ?? []).slice(1).map((cell) => /^(\w+) \((.*)\)$/.exec(cell)?.slice(1) ?? [])
const records = rows.slice(headAt + 1).slice(0, rows.slice(headAt + 1).findIndex(([first = '']) => !/^\d+$/.test(first)))
const fields = columns.map(([name, type = '']) => ({ name, options: optionsOf[type] }))

/** The calls that set a cell of the table of records. */
const setsOf = (id: string, name: string, type: string, cell: string): string => {
  if (cell === '') return ''
  if (type === 'timestamp') return `Set(${id}, ${name}="${cell}")`
  const [, value, day] = /^(\d+) on (\S+)$/.exec(cell) ?? []
  if (value !== undefined) return `Set(${id}, ${name}=${value}, ${day ?? ''}T00:00)`
  return cell.split(', ').map((one) => `Set(${id}, ${name}=${one})`).join(' ')
}

const root = makeRoot()
afterAll(() => root.remove())

let first: Asked | undefined
beforeAll(() => {
  first = new Asked(root.fresh())
  const orders = { name: 'orders', fields: [{ name: 'person', options: { type: 'int' } }, { name: 'paid', options: { type: 'bool' } }] }
  first.schema({ indexes: [{ name: 'people', fields }, { name: 'keyed', options: { keys: true }, fields }, orders] })
  for (const [id = '', ...cells] of records) first.text('people', cells.map((cell, at) => setsOf(id, columns[at]?.[0] ?? '', columns[at]?.[1] ?? '', cell)).join(' '))
  first.close()
})

/** What a call of the document answers to its records, in a database of its own: some calls change them. */
const answered = (call: string): string => {
  const database = new Asked(first?.copy(root.fresh()) ?? '')
  try {
    const [answer] = JSON.parse(`[${JSON.stringify(database.pql(call.includes('("key"') ? 'keyed' : 'people', call))}]`) as readonly unknown[]
    return JSON.stringify(Array.isArray(answer) ? answer[0] : answer)
  } finally {
    database.close()
  }
}

const asPattern = (answer: string): RegExp => new RegExp(`^${answer.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*')}$`, 's')

/** The call without what is left out of it. */
const whole = (call: string): string => call.replaceAll('Row(…)', 'Row(hobby=chess)').replaceAll(', …', '')

/** Calls with the answer that stands beside them, whole or with something left out. */
const examples = rows.flatMap(([left = '', right = '']) => {
  const [call = ''] = codes(left)
  const [answer = ''] = codes(right)
  return isCall(call) && /^(?:[[{\d]|true$|false$)/.test(answer) ? [[call, answer] as const] : []
})

const calls = [...new Set(codes(document.replaceAll(/```[^]*?```/g, '')).filter(isCall))]

describe('the document of PQL', () => {
  it('has its records, its examples and its calls where this looks for them', () => {
    expect(records.length).toBe(3)
    expect(fields.every(({ name, options }) => name !== undefined && options !== undefined)).toBe(true)
    expect(examples.length).toBeGreaterThan(8)
    expect(calls.length).toBeGreaterThan(40)
  })

  it.each(examples)('tells what %s answers', (call, answer) => {
    expect(answered(whole(call))).toMatch(asPattern(answer))
  })

  it.each(calls)('shows no call that is refused: %s', (call) => {
    expect(answered(whole(call))).not.toMatch(/"code"/)
  })

  it('begins with a request and its answer', () => {
    const [, text = '', answer = ''] = /--data '\[people\](.*)'\n# \{"results":(.*)\}\n/.exec(document) ?? []
    const database = new Asked(first?.copy(root.fresh()) ?? '')
    expect(database.text('people', text)).toBe(answer)
    database.close()
  })
})
