import { runFolderOf } from './places.js'
import { mostOpenDatabases } from './open-databases.js'

describe('the folder of sockets', () => {
  it('lies in the data folder where its path is short enough for a socket', () => {
    expect(runFolderOf('/data', '/tmp')).toBe('/data/run')
  })

  it('is a short one of its own for every long data folder', () => {
    const [one, other] = ['a', 'b'].map((name) => runFolderOf(`/${name.repeat(90)}`, '/tmp'))
    expect(one).toMatch(/^\/tmp\/tenantry-[0-9a-f]{12}$/)
    expect(other).not.toBe(one)
    expect(runFolderOf(`/${'ü'.repeat(40)}`, '/tmp')).toMatch(/^\/tmp\//)
  })
})

describe('the databases that a child keeps open', () => {
  const gigabyte = 1024 ** 3

  it.each([[20_000, 500], [1_200, 200], [256, 42], [10, 8]])('are bounded by the limit of open files: %d → %d', (files, databases) => {
    expect(mostOpenDatabases(files, 4 * gigabyte)).toBe(databases)
  })

  it.each([[gigabyte, 256], [gigabyte / 2, 128], [gigabyte / 64, 8]])('are bounded by what their caches may take together: %d → %d', (memory, databases) => {
    expect(mostOpenDatabases(20_000, memory)).toBe(databases)
  })
})
