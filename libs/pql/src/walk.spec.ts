import {
  argumentOf, callsInside, calls, countWrites, describeCall, describeValue, fieldArguments, fieldOf, hasWrites, indexOf, isTime, isWrite, parsePql,
  positionOf, splitTablePrefix, valueOf, walk, type Call,
} from './index.js'

const one = (text: string): Call => {
  const [call] = parsePql(text).calls
  if (!call) throw new Error(`${text} is no call.`)
  return call
}

describe('writes', () => {
  it('are Set, Clear, ClearRow, Store and Delete, and what cannot be run is no read', () => {
    expect(Object.entries(calls).filter(([, { access }]) => access === 'write').map(([name]) => name))
      .toEqual(['Set', 'Clear', 'ClearRow', 'Store', 'Delete', 'ExternalLookup'])
    expect(isWrite(one('Set(1, f=2)'))).toBe(true)
    expect(isWrite(one('Count(All())'))).toBe(false)
  })

  it.each(['Set(1, f=2)', 'All() Options(Set(1, f=2))', 'Count(Row(a=[1, Store(All(), f=1)]))', 'Row(a > Delete(All()))', 'GroupBy(Rows(f), filter=ClearRow(f=1))'])(
    'are found wherever they stand: %s', (text) => { expect(hasWrites(parsePql(text))).toBe(true) })

  it('are not found where there are none', () => {
    expect(hasWrites(parsePql('Count(Row(a="Set(1, f=2)")) GroupBy(Rows(Set), filter=Row(Store > 1))'))).toBe(false)
  })

  it('are counted at the top, without Delete', () => {
    expect(countWrites(parsePql('Set(1,f=2)Set(2,f=2)Clear(1,f=2)ClearRow(f=2)Store(All(),f=2)Delete(All())Count(All())'))).toBe(5)
  })
})

describe('walk', () => {
  it('gives every call once, a call before those inside it and in the text\'s order', () => {
    const query = parsePql('Count(Union(Row(a=1), Row(b=Not(All())))) GroupBy(Rows(f), filter=Xor(), having=Condition(count > Shift(Limit(All()))))')
    expect([...walk(query.calls)].map(({ name }) => name))
      .toEqual(['Count', 'Union', 'Row', 'Row', 'Not', 'All', 'GroupBy', 'Rows', 'Xor', 'Condition', 'Shift', 'Limit', 'All'])
    expect(callsInside(one('TopN(f, Row(a=1), filter=All())')).map(({ name }) => name)).toEqual(['Row', 'All'])
  })
})

describe('what a call says', () => {
  it('names its field by place or by key', () => {
    for (const text of ['Sum(f)', 'Sum(field=f)', 'Sum(field = "f")', 'Distinct(field=f)']) expect(fieldOf(one(text))).toEqual({ kind: 'string', value: 'f' })
    expect(fieldOf(one('Max()'))).toBeUndefined()
  })

  it('names another index, unless that is empty', () => {
    expect(['Row(a=1, index=b)', 'Row(a=1, _index=c)', 'Row(a=1, index="")', 'Row(a=1)'].map((text) => indexOf(one(text)))).toEqual(['b', 'c', undefined, undefined])
  })

  it('has fields for keys, apart from what every call may have', () => {
    expect(fieldArguments(one('Set(1, f=2, g=3, 2019-01-01T00:00)')).map(({ key }) => key)).toEqual(['f', 'g'])
    expect(fieldArguments(one('Row(f=2, from=1, to=2, index=b, _index=c)')).map(({ key }) => key)).toEqual(['f'])
    expect(argumentOf(one('All(limit=2)'), 'limit')?.at).toBe(4)
    expect(valueOf(one('All(limit=2)'), 'offset')).toBeUndefined()
  })
})

describe('what messages show', () => {
  it.each([['null', '<nil>'], ['.50', '0.5'], ['-5.0', '-5'], ['-.05', '-0.05'], ['[1, "x y", b]', '[1 x y b]'], ['$v', '$v'], ['true', 'true'], ['Union(All())', 'Union(All())']])(
    'is the value %s as %s', (text, shown) => {
      const value = valueOf(one(`Row(f=${text})`), 'f')
      if (!value || value.kind === 'condition' || value.kind === 'range') throw new Error('This is no value.')
      expect(describeValue(value)).toBe(shown)
    })

  it('is a call with its arguments in the order of their keys', () => {
    expect(describeCall(one('Max()'))).toBe('Max()')
    expect(describeCall(one('TopN(f, Row(b >= 1.0), n=2, a=null)'))).toBe('TopN(Row(b>=1), _field="f", a=null, n=2)')
  })
})

describe('isTime', () => {
  it.each([['2019-01-02T03:04', true], ['2019-13-01T00:00', true], ['2019-21-01T00:00', false], ['2019-01-02T03:04Z', false], ['2019-01-02', false]])('says of %s: %s', (text, is) => {
    expect(isTime(text)).toBe(is)
  })
})

describe('splitTablePrefix', () => {
  it.each([
    ['[people]All()', 'people', 'All()', 8],
    [' \n[ people ] \tAll()', 'people', 'All()', 14],
    ['[]All()', '', 'All()', 2],
    ['All()', undefined, 'All()', 0],
    [' All()', undefined, ' All()', 0],
    ['[people All()', undefined, '[people All()', 0],
    ['[a[b]All()', undefined, '[a[b]All()', 0],
  ])('takes %j apart', (given, table, text, offset) => {
    expect(splitTablePrefix(given)).toEqual({ table, text, offset })
  })
})

describe('positionOf', () => {
  it('counts lines and columns from 1 and offsets from 0', () => {
    expect([0, 2, 3, 5].map((offset) => positionOf('ab\ncd', offset))).toEqual([
      { offset: 0, line: 1, column: 1 }, { offset: 2, line: 1, column: 3 }, { offset: 3, line: 2, column: 1 }, { offset: 5, line: 2, column: 3 },
    ])
  })
})
