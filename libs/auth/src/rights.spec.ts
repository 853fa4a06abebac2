import type { Rights } from '@tenantry/contracts'
import { may } from './rights.js'

const rights = (changes: Partial<Rights> = {}): Rights => ({ status: 'Active', permissions: ['data:read'], version: 1, ...changes })

describe('rights', () => {
  it('allow what they name and nothing else', () => {
    expect(may(rights(), 'data:read')).toBe(true)
    expect(may(rights(), 'data:write')).toBe(false)
  })

  it.each(['Deactivated', 'Left', 'Open'] as const)('allow nothing to a member who is %s', (status) => {
    expect(may(rights({ status }), 'data:read')).toBe(false)
  })

  it('allow every permission of the platform to who has all of them, and no other', () => {
    const all = rights({ permissions: ['platform:*'] })
    expect([may(all, 'platform:orgs'), may(all, 'platform:*'), may(all, 'data:read')]).toEqual([true, true, false])
    expect(may(rights({ permissions: ['platform:orgs'] }), 'platform:users')).toBe(false)
  })
})
