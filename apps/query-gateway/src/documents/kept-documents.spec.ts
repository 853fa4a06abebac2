import { type DatabaseId, newId } from '@tenantry/contracts'
import { KeptDocuments } from './kept-documents.js'

const [mine, theirs] = [newId<DatabaseId>(), newId<DatabaseId>()]

it('keeps a document for the database that it was sent to, and for no other', () => {
  const kept = new KeptDocuments()
  kept.keep(mine, 'h', '{ a }')
  expect([kept.find(mine, 'h'), kept.find(theirs, 'h'), kept.find(mine, 'g')]).toEqual(['{ a }', undefined, undefined])
})

it('forgets what was not asked for longest when there is no more room, and counts what is sent again once', () => {
  const kept = new KeptDocuments(3 * 320)
  for (const hash of ['a', 'b', 'c', 'c', 'c']) kept.keep(mine, hash, '{ hash }')
  expect(kept.find(mine, 'a')).toBe('{ hash }')
  kept.keep(mine, 'd', '{ hash }')
  expect(['a', 'b', 'c', 'd'].filter((hash) => kept.find(mine, hash) !== undefined)).toEqual(['a', 'c', 'd'])
  kept.keep(mine, 'large', 'x'.repeat(1_000))
  expect(['a', 'c', 'd', 'large'].filter((hash) => kept.find(mine, hash) !== undefined)).toEqual([])
  kept.keep(mine, 'e', '{ hash }')
  expect(kept.find(mine, 'e')).toBe('{ hash }')
})
