// What the sample holds. A row follows from its number alone: every installation has the same ones, and so has a second run.

const mutex = (keys) => ({ type: 'mutex', keys })
const set = (keys) => ({ type: 'set', keys })
const time = (keys) => ({ type: 'time', keys, timeQuantum: 'YMD' })
const fields = (options) => Object.entries(options).map(([name, one]) => ({ name, options: one }))

/** Two tables in the words of FeatureBase's schema, with a column of every type that SQL has. */
export const schema = {
  indexes: [
    {
      name: 'customers', options: { keys: false, trackExistence: true },
      fields: fields({
        name: mutex(true), city: mutex(true), segment: mutex(false), interests: set(true), coupons: set(false), visited: time(true), bought: time(false),
        age: { type: 'int', min: 0, max: 120 }, balance: { type: 'decimal', scale: 2 }, joined: { type: 'timestamp', timeUnit: 's' }, active: { type: 'bool' },
      }),
    },
    { name: 'cities', options: { keys: true, trackExistence: true }, fields: fields({ country: mutex(true), population: { type: 'int' } }) },
  ],
}

export const cities = [
  ['Aarhus', 'Denmark', 290_598], ['Bergen', 'Norway', 291_189], ['Bilbao', 'Spain', 346_096], ['Gdańsk', 'Poland', 487_371], ['Graz', 'Austria', 303_270], ['Leuven', 'Belgium', 102_851],
  ['Porto', 'Portugal', 248_769], ['Tampere', 'Finland', 260_180], ['Torino', 'Italy', 856_745], ['Uppsala', 'Sweden', 182_076], ['Utrecht', 'Netherlands', 374_238], ['Zürich', 'Switzerland', 443_037],
].map(([_id, country, population]) => ({ _id, country, population }))

const first = ['Ada', 'Bruno', 'Chiara', 'Dirk', 'Emil', 'Freya', 'Grete', 'Hugo', 'Inês', 'Jonas', 'Karin', 'Łukasz', 'Maite', 'Nils', 'Olga', 'Pia', 'Rui', 'Sofie', 'Tove', 'Ulla']
const last = ['Aalto', 'Berg', 'Costa', 'Dahl', 'Egger', 'Frost', 'Gruber', 'Holm', 'Ibarra', 'Jansen', 'Keller', 'Lund', 'Moser', 'Nowak', 'Olsen', 'Peeters', 'Rossi', 'Silva', 'Virtanen', 'Wolf']
const interests = ['chess', 'climbing', 'cooking', 'diving', 'gardening', 'hiking', 'music', 'reading', 'sailing', 'teaching', 'theatre', 'weaving']
const pages = ['/', '/about', '/basket', '/docs', '/prices', '/shop']
const segments = 7

/** Numbers from 0 to 1 that look drawn and follow from the seed. */
const drawn = (seed) => {
  let state = Math.imul(seed + 1, 0x9e37_79b1) >>> 0
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const dayMs = 86_400_000
const firstDay = Date.UTC(2024, 0, 1)
const days = 366
const instant = (milliseconds) => new Date(milliseconds).toISOString().replace('.000Z', 'Z')

/** The customer with this number. */
export const customer = (number) => {
  const draw = drawn(number)
  const below = (count) => Math.floor(draw() * count)
  const of = (list) => list[below(list.length)]
  const some = (most, one) => [...new Set(Array.from({ length: below(most + 1) }, one))]
  const at = () => instant(firstDay + below(days) * dayMs)
  const many = { name: `${of(first)} ${of(last)}`, city: of(cities)._id, segment: 1 + below(segments), interests: some(4, () => of(interests)), coupons: some(3, () => 100 + below(50)) }
  const timed = { visited: { at: at(), values: [of(pages), of(pages)] }, bought: { at: at(), values: [1 + below(500)] } }
  return {
    _id: number, ...many, ...timed,
    age: 18 + below(73), balance: Number(((draw() - 0.2) * 10_000).toFixed(2)), joined: instant(firstDay + below(days * 86_400) * 1_000), active: draw() < 0.7,
  }
}

/** The customers from one number up to another as lines of JSON. */
export const customerLines = (from, to) => Array.from({ length: to - from }, (_, at) => `${JSON.stringify(customer(from + at))}\n`).join('')
