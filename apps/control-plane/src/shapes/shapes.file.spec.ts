import { ownShapes } from './catalogue.js'
import { shapesOf } from './shapes.file.js'

const faultsOf = (file: unknown): readonly string[] => {
  const faults: string[] = []
  shapesOf(typeof file === 'string' ? file : JSON.stringify(file), (words) => faults.push(words))
  return faults
}

const big = { name: 'bitmap-big', engine: 'bitmap', disk_bytes: 8 * 1024 ** 3 }

it('offers what comes with the installation where there is no file', () => {
  expect(shapesOf(undefined, () => undefined)).toEqual(ownShapes)
})

it('adds the shapes of the file, hides some, and gives others another size', () => {
  const text = JSON.stringify({ shapes: [big, { name: 'featurebase-eu', engine: 'featurebase', disk_bytes: 1024 ** 4, placement: 'eu-1', region: 'eu' }, { name: 'bitmap-small', engine: 'bitmap', disk_bytes: 2 ** 21 }], hidden: ['sqlite-small'] })
  const shapes = shapesOf(text, (words) => { throw new Error(words) })
  expect(shapes.map(({ name, node, region, storageBytes }) => [name, node, region, storageBytes])).toEqual([
    ['postgres-small', 'any', 'local', 1024 ** 3], ['featurebase-server', 'any', 'local', 1024 ** 3], ['bitmap-big', 'local', 'local', 8 * 1024 ** 3], ['featurebase-eu', 'eu-1', 'eu', 1024 ** 4], ['bitmap-small', 'local', 'local', 2 ** 21],
  ])
})

it.each([
  ['no JSON', '{', 'is no JSON'],
  ['another kind of JSON', [], 'expected object'],
  ['a word that it does not know', { shape: [] }, 'shape'],
  ['an engine that there is not', { shapes: [{ ...big, engine: 'oracle' }] }, 'shapes.0.engine'],
  ['a size that is none', { shapes: [{ ...big, disk_bytes: -1 }] }, 'shapes.0.disk_bytes'],
  ['a name that is none', { shapes: [{ ...big, name: '../x' }] }, 'shapes.0.name'],
  ['a name twice', { shapes: [big, big] }, 'bitmap-big is described twice'],
  ['a known name with another engine', { shapes: [{ ...big, name: 'sqlite-small' }] }, 'another engine'],
  ['an embedded shape elsewhere', { shapes: [{ ...big, placement: 'eu-1' }] }, 'can only be local'],
  ['a hidden shape that there is not', { hidden: ['nothing'] }, 'hidden names nothing'],
  ['the usual shape hidden', { hidden: ['bitmap-small'] }, 'cannot be hidden'],
])('says in words what is wrong with %s', (_, file, words) => {
  expect(faultsOf(file).join('\n')).toContain(words)
})
