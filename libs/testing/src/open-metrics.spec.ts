import { readOpenMetrics } from './open-metrics.js'

const whole = [
  '# TYPE a_seconds histogram', '# UNIT a_seconds seconds', '# HELP a_seconds How long.',
  'a_seconds_bucket{le="0.1",n="x\\"y"} 1', 'a_seconds_bucket{le="+Inf",n="x\\"y"} 3', 'a_seconds_count{n="x\\"y"} 3', 'a_seconds_sum{n="x\\"y"} 1.5e-7',
  '# TYPE b counter', 'b_total 2', '# TYPE c gauge', 'c{} -4', '# EOF', '',
].join('\n')

it('reads what each family is and says', () => {
  const [a, b, c] = readOpenMetrics(whole)
  expect(a).toMatchObject({ name: 'a_seconds', type: 'histogram', unit: 'seconds' })
  expect(a?.samples.map(({ value }) => value)).toEqual([1, 3, 3, 1.5e-7])
  expect(b?.samples).toEqual([{ name: 'b_total', labels: {}, value: 2 }])
  expect(c?.samples).toEqual([{ name: 'c', labels: {}, value: -4 }])
})

it.each([
  ['no end', '# EOF\n', ''],
  ['something behind the end', '# EOF\n', '# EOF\n\n'],
  ['a counter without _total', 'b_total 2', 'b 2'],
  ['a counter that is negative', 'b_total 2', 'b_total -2'],
  ['a sample of another family', 'b_total 2', 'd_total 2'],
  ['a sample twice', 'b_total 2', 'b_total 2\nb_total 2'],
  ['a unit that the name lacks', '# UNIT a_seconds seconds', '# UNIT a_seconds bytes'],
  ['a family in two places', '# TYPE c gauge', '# TYPE a_seconds gauge'],
  ['help behind a sample', 'b_total 2', 'b_total 2\n# HELP b Late.'],
  ['buckets that fall', 'le="0.1",n="x\\"y"} 1', 'le="0.1",n="x\\"y"} 4'],
  ['a count that is not the last bucket', 'a_seconds_count{n="x\\"y"} 3', 'a_seconds_count{n="x\\"y"} 2'],
  ['a quote in a label', 'x\\"y"} 1', 'x"y"} 1'],
  ['an empty line', '# TYPE c gauge', '\n# TYPE c gauge'],
])('refuses %s', (_, right, wrong) => {
  expect(whole).toContain(right)
  expect(() => readOpenMetrics(whole.replace(right, wrong))).toThrow()
})
