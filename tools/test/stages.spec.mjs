import { allowances, stages } from './stages.mjs'

it('take less than twenty minutes together', () => {
  expect(stages.reduce((sum, { seconds }) => sum + seconds, 0)).toBeLessThan(20 * 60)
})

it('have what those before them left, and no more than all of it together', () => {
  const [first, second, third] = [{ seconds: 60 }, { seconds: 30 }, { seconds: 10 }]
  const allowed = allowances(1)
  expect(allowed.of(first)).toBe(60)
  allowed.took(first, 15)
  expect(allowed.of(second)).toBe(75)
  allowed.took(second, 75)
  expect(allowed.of(third)).toBe(10)
})

it('owe nothing to those before them that were stopped late', () => {
  const allowed = allowances(2)
  allowed.took({ seconds: 10 }, 25)
  expect(allowed.of({ seconds: 10 })).toBe(20)
})
