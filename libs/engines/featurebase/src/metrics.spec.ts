import { familiesOf } from './metrics.js'

it('says of every sample which node it is about, and keeps families together', () => {
  const text = '# HELP pilosa_set Sets.\n# TYPE pilosa_set counter\npilosa_set{index="a"} 3\ngo_gc 1.5e+06\npilosa_set{index="b, \\"}",} 4 1700000000000\n'
  expect(familiesOf(text, 'n"1')).toBe(
    '# TYPE pilosa_set unknown\npilosa_set{fb_node_id="n\\"1",index="a"} 3\npilosa_set{fb_node_id="n\\"1",index="b, \\"}"} 4\n# TYPE go_gc unknown\ngo_gc{fb_node_id="n\\"1"} 1.5e+06\n')
})

it('keeps a node that a sample names itself', () => {
  expect(familiesOf('a{fb_node_id="x"} NaN\n', 'y')).toBe('# TYPE a unknown\na{fb_node_id="x"} NaN\n')
})

it.each(['goroutine 1 [running]:', '\tmain.go:7 +0x1', '<html>', 'a{b="c} 1', 'a 1; drop', '# EOF', 'a{} {} 1', ''])('leaves out what is no sample: %s', (line) => {
  expect(familiesOf(line, 'n')).toBe('')
})
