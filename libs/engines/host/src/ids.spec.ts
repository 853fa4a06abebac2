import { idsFrom } from './ids.js'

describe('ids', () => {
  it('begin again at 1 after the greatest that four bytes hold', () => {
    const next = idsFrom(0xffff_fffe, () => false)
    expect([next(), next(), next(), next()]).toEqual([0xffff_fffe, 0xffff_ffff, 1, 2])
  })

  it('pass over those that are still in use', () => {
    const taken = new Set([0xffff_ffff, 1, 3])
    const next = idsFrom(0xffff_fffe, (id) => taken.has(id))
    expect([next(), next(), next()]).toEqual([0xffff_fffe, 2, 4])
  })
})
