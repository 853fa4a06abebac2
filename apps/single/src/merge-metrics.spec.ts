import { mergeMetrics } from './merge-metrics.js'

const text = (service: string, extra = ''): string =>
  `# HELP seconds Time.\n# TYPE seconds histogram\nseconds_bucket{service="${service}"} 1\nseconds_sum{service="${service}"} 2\n${extra}`

it('keeps every family in one place, described once, with the samples of all', () => {
  expect(mergeMetrics([text('a', '# TYPE only gauge\nonly 1\n'), text('b')])).toBe([
    '# HELP seconds Time.', '# TYPE seconds histogram', 'seconds_bucket{service="a"} 1', 'seconds_sum{service="a"} 2', 'seconds_bucket{service="b"} 1',
    'seconds_sum{service="b"} 2', '# TYPE only gauge', 'only 1', '',
  ].join('\n'))
})

it('makes nothing of nothing', () => {
  expect(mergeMetrics(['', ''])).toBe('')
})
