import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Problem } from '@tenantry/contracts'
import { Bench, newFolder } from './testing/host-process.js'

const folder = newFolder('disk-full')
/** A small disk of memory, where this user may mount one. */
const isMounted = ((): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
afterAll(() => {
  if (isMounted) execFileSync('umount', ['-l', folder])
  rmSync(folder, { recursive: true, force: true })
})

const code = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason)
  return error === undefined ? 'none' : error instanceof Problem ? error.code : String(error)
}

const whenMounted = isMounted ? it : it.skip

describe('a disk that is full', () => {
  whenMounted('refuses writes, lets reads go on, and takes writes again when there is space (skipped where no disk can be mounted)', async () => {
    const data = path.join(folder, 'data')
    mkdirSync(data)
    const bench = await Bench.start({}, data)
    const [mine, other] = [await bench.database('create table t(a, b)', 'insert into t values (1, 2)'), await bench.database('create table t(a)', 'insert into t values (3)')]
    const stuffing = path.join(folder, 'stuffing')
    expect(() => writeFileSync(stuffing, Buffer.alloc(64 * 1024 * 1024))).toThrow(/ENOSPC/)
    const ends = new Set<string>()
    for (let round = 0; round < 20; round += 1) ends.add(await code(bench.run(mine, 'insert into t values (zeroblob(500000), 1)')))
    expect([...ends]).toEqual(['StorageFull'])
    for (const [target, row] of [[mine, [1]], [other, [3]]] as const) expect(await bench.rows(target, 'select a from t order by a limit 1', { access: 'read' })).toEqual([row])
    rmSync(stuffing)
    expect(await code(bench.run(mine, 'insert into t values (4, 5)'))).toBe('none')
    expect(await code(bench.run(other, 'insert into t values (4)'))).toBe('none')
    expect(await bench.rows(mine, 'select a from t')).toEqual([[1], [4]])
    expect(await bench.rows(mine, 'pragma integrity_check')).toEqual([['ok']])
    await bench.close()
  }, 60_000)
})
