import { median } from '../numbers.mjs'
import { andCount, bitsetOf } from '../peers/bitset.mjs'
import { figure } from '../table.mjs'

const share = 0.1
const records = 500_000
/** What CRoaring's native addon reached with AVX-512 on one core of a server, for the eye: it is not measured here. */
const nativeRates = { 10: 40_500, 100: 3_040 }

/** Numbers below 2^32 that go by their seed: every run measures the same sets. */
const randoms = (seed) => {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

const someColumns = (size, seed) => {
  const random = randoms(seed)
  const chosen = new Uint32Array(size)
  let count = 0
  for (let column = 0; column < size; column += 1) if (random() < share * 2 ** 32) chosen[count++] = column
  return chosen.slice(0, count)
}

/** Calls in a second of processor time. */
const rateOf = (call, milliseconds) => {
  const before = process.cpuUsage()
  let calls = 0
  for (const end = performance.now() + milliseconds; performance.now() < end; calls += 1) call()
  const { user, system } = process.cpuUsage(before)
  return calls * 1_000_000 / (user + system)
}

const millisecondsOf = (call, times) => median(Array.from({ length: times }, () => {
  const start = performance.now()
  call()
  return performance.now() - start
}))

const counting = (bitmaps, millions, rounds) => {
  const size = millions * 1_000_000
  const [one, other] = [someColumns(size, 1), someColumns(size, 2)]
  const [words, otherWords] = [bitsetOf(one, size), bitsetOf(other, size)]
  return bitmaps.scope(() => {
    const [a, b] = [bitmaps.of(one), bitmaps.of(other)]
    if (a.andCount(b) !== andCount(words, otherWords)) throw new Error('The kernel counts something else than the peer.')
    const seen = Array.from({ length: rounds }, () => ({ kernel: rateOf(() => a.andCount(b), 300), peer: rateOf(() => andCount(words, otherWords), 300) }))
    const rate = median(seen.map(({ kernel }) => kernel))
    return [
      figure(`count of an intersection, ${millions} M columns / JavaScript's bitset`, median(seen.map(({ kernel, peer }) => kernel / peer)), 'x', { least: 8 }),
      figure('  by the kernel', rate, '/cpu-s'),
      figure('  by the bitset', median(seen.map(({ peer }) => peer)), '/cpu-s'),
      figure('  native CRoaring, elsewhere', nativeRates[millions], '/cpu-s'),
    ]
  })
}

/** 500,000 records: a field of 100 values, one of 7, and an integer from 0 to 99. */
const makeTable = (bitmaps) => {
  const random = randoms(3)
  const drawn = (limit) => Uint32Array.from({ length: records }, () => random() % limit)
  const fields = { hobby: drawn(100), sex: drawn(7), age: drawn(100) }
  const columns = Uint32Array.from({ length: records }, (_, at) => at)
  const rowsOf = (field, values) => {
    const members = Array.from({ length: values }, () => [])
    field.forEach((value, column) => members[value].push(column))
    return members.map((list) => bitmaps.of(list))
  }
  const index = () => {
    const ages = bitmaps.slices()
    ages.setMany(columns, Float64Array.from(fields.age))
    return { hobbies: rowsOf(fields.hobby, 100), sexes: rowsOf(fields.sex, 7), ages }
  }
  return { index, columns }
}

const querying = (bitmaps, rounds) => {
  const { index, columns } = makeTable(bitmaps)
  return bitmaps.scope(() => {
    const { hobbies, sexes, ages } = index()
    const old = ages.compare('>', 50)
    const images = { rows: [...hobbies, ...sexes].map((row) => row.save()), ages: ages.save() }
    const spent = (work) => millisecondsOf(() => bitmaps.scope(work), rounds * 8)
    const ms = (name, most, work) => figure(`500 k records: ${name}`, spent(work), 'ms', { most })
    const rebuilding = millisecondsOf(() => bitmaps.scope(() => void index()), rounds)
    const opening = spent(() => {
      for (const image of images.rows) bitmaps.load(image)
      bitmaps.loadSlices(images.ages)
    })
    return [
      ms('Count(Intersect(Row, Row(age > 50)))', 0.3, () => ages.compareCount('>', 50, hobbies[3])),
      ms('Sum under a filter', 0.3, () => ages.sum(old)),
      ms('counts of 100 rows under a filter', 0.3, () => bitmaps.andCounts(hobbies, old)),
      ms('counts of 100 x 7 pairs', 1.5, () => bitmaps.groups({ rows: hobbies, others: sexes })),
      ms('  and sums', 3, () => bitmaps.groups({ rows: hobbies, others: sexes, values: ages })),
      ms('Distinct(int)', 1, () => void ages.distinct()),
      ms('10 largest values', undefined, () => ages.sorted(10, 'largest', { filter: old })),
      figure('opening a saved index / making it of columns', rebuilding / opening, 'x', { least: 30 }),
      figure('  opening', opening, 'ms'),
      figure('  making', rebuilding, 'ms'),
      figure('sorted columns into one bitmap', records / spent(() => void bitmaps.of(columns)) / 1_000, 'M/s', { least: 20 }),
    ]
  })
}

/** The bitmaps alone, in this process. */
export const bitmaps = async ({ quick }) => {
  // Loaded here: it is there once the checkout is built.
  const { openBitmaps } = await import('@tenantry/bitmaps')
  const opened = openBitmaps({ maxBytes: 512 * 1024 * 1024 })
  const rounds = quick ? 3 : 7
  return [...counting(opened, 10, rounds), ...counting(opened, 100, rounds), ...querying(opened, rounds)]
}
