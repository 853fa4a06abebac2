import { newId } from './ids.js'
import { cursorOf, placeOf } from './page.js'
import { Problem } from './problems.js'

describe('a cursor', () => {
  it('leads back to the place it was made of', () => {
    const place = { at: new Date('2026-01-02T03:04:05.678Z'), id: newId<string>() }
    expect(placeOf(cursorOf(place))).toEqual(place)
  })

  it.each(['', 'x', 'bm90IGEgY3Vyc29y', Buffer.from('2026-01-01T00:00:00.000Z').toString('base64url'), Buffer.from('2026-01-01T00:00:00.000Z id').toString('base64url'), '../../etc'])('that nobody gave out (%j) is refused', (text) => {
    expect(() => placeOf(text)).toThrow(Problem)
  })
})
