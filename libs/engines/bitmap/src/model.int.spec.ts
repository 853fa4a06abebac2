import fc from 'fast-check'
import { Asked, makeRoot } from './testing/database.js'
import { Model, ModelRefused } from './testing/model.js'
import { Importing } from './testing/importing.js'
import { type Asking, type ImportedRow, aRead, aWrite, anImport, fields, schemaOf } from './testing/requests.js'

const isLong = process.env['TEST_LONG'] === '1'
const runs = isLong ? 1_500 : 50

type Step =
  | { readonly kind: 'request'; readonly calls: readonly Asking[] }
  | { readonly kind: 'import'; readonly rows: readonly ImportedRow[]; readonly ends: 'kept' | 'taken back' | 'killed'; readonly meanwhile: readonly Asking[] }
  | { readonly kind: 'close' | 'kill' }

const steps = (keyed: boolean): fc.Arbitrary<readonly Step[]> => fc.array(fc.oneof(
  { weight: 8, arbitrary: fc.array(fc.oneof({ weight: 3, arbitrary: aWrite(keyed) }, aRead(keyed)), { minLength: 1, maxLength: 6 }).map((calls) => ({ kind: 'request' as const, calls })) },
  { weight: 4, arbitrary: fc.array(aRead(keyed), { minLength: 1, maxLength: 4 }).map((calls) => ({ kind: 'request' as const, calls })) },
  fc.record({ kind: fc.constant('import' as const), rows: anImport(keyed), ends: fc.constantFrom('kept', 'kept', 'taken back', 'killed'), meanwhile: fc.array(aRead(keyed), { minLength: 1, maxLength: 2 }) }),
  fc.constant({ kind: 'close' as const }), fc.constant({ kind: 'kill' as const }),
), { minLength: 5, maxLength: 30 })

const root = makeRoot()
afterAll(() => root.remove())

/** What a request answers by the model: what its calls before a refused one wrote stays. */
const expected = (model: Model, calls: readonly Asking[]): string => {
  try {
    return `[${calls.map(({ answer }) => answer(model)).join(',')}]`
  } catch (error) {
    if (error instanceof ModelRefused) return 'EngineRejectedQuery'
    throw error
  }
}

/** The database as another process finds it: closed, or killed, which leaves the files as they are at this moment. */
const reopened = (database: Asked, kind: 'close' | 'kill'): Asked => {
  if (kind === 'close') database.close()
  const folder = database.copy(root.fresh())
  database.close()
  return new Asked(folder, database.rules)
}

const follow = (keyed: boolean, all: readonly Step[], mostWaiting: number): void => {
  let database = new Asked(root.fresh(), { mostWaiting })
  try {
    database.schema(schemaOf(keyed))
    const model = new Model(keyed, fields)
    const told: string[] = []
    const ask = (calls: readonly Asking[]): void => {
      const text = calls.map((call) => call.text).join(' ')
      told.push(text)
      const answer = database.text('t', text)
      const wanted = expected(model, calls)
      if (answer !== wanted) throw new Error(`${told.join('\n')}\nanswered ${answer}\n  wanted ${wanted}`)
    }
    for (const step of all) {
      if (step.kind === 'request') ask(step.calls)
      else if (step.kind === 'import') {
        const rows = step.rows.map(({ json }) => `${json}\n`).join('')
        told.push(`import ${rows}`)
        const importing = new Importing(database)
        importing.begin({ table: 't', format: 'ndjson' })
        importing.rows(rows)
        ask(step.meanwhile)
        if (step.ends === 'killed') database = reopened(database, 'kill')
        else {
          const said = step.ends === 'kept' ? importing.end() : importing.abort()
          expect(said).toEqual(step.ends === 'kept' ? { imported: step.rows.length, rejected: 0, errors: [] } : {})
          if (step.ends === 'kept') for (const row of step.rows) row.apply(model)
        }
      } else {
        database = reopened(database, step.kind)
        told.push(step.kind)
      }
    }
    expect(database.differences()).toEqual([])
    database = reopened(database, 'close')
    expect(database.differences()).toEqual([])
  } finally {
    database.close()
  }
}

describe('a bitmap database that is asked anything', () => {
  it.each([['ids', false], ['keys', true]] as const)('answers as plain sets do, over records with %s, however often it is closed, killed and imported into', (_name, keyed) => {
    fc.assert(fc.property(steps(keyed), fc.constantFrom(1, 5, 40, 100_000), (all, mostWaiting) => follow(keyed, all, mostWaiting)), { numRuns: runs, seed: 20_260 })
  }, isLong ? 600_000 : 30_000)
})
