import { readFileSync } from 'node:fs'
import { presentLimit } from '@tenantry/dialects-featurebase'
import { limitVariables, usualLimits } from '@tenantry/service'
import { type ToldLimit, toldLimits } from '../../limits/limits.js'

const page = readFileSync(new URL('../../../../../docs/limits.md', import.meta.url), 'utf8')
const { DATABASES_PER_ORG, USERS_PER_ORG, KEYS_PER_ORG, STORAGE_BYTES_PER_ORG } = usualLimits
const unused = (value: number) => ({ value, used: 0 })
const usual = toldLimits(usualLimits, {
  databases: unused(DATABASES_PER_ORG), users: unused(USERS_PER_ORG), keys: unused(KEYS_PER_ORG), storageBytes: unused(STORAGE_BYTES_PER_ORG), databaseBytes: 1_073_741_824,
})

const pastIt = (limit: ToldLimit): string => {
  const { effect, status, code } = presentLimit(limit).exceeded
  if (effect === 'waits') return 'it waits'
  return effect === 'closed' ? 'the connection is closed' : `${status} \`${code}\``
}

const rowOf = (limit: ToldLimit): string => {
  const { name, value, unit, description, variable } = limit
  return `| \`${name}\` | ${value} ${unit} | ${description} | ${pastIt(limit)} | ${variable === undefined ? '' : `\`${variable}\``} |`
}

describe('the limits that are told', () => {
  it('stand in docs/limits.md, each with its value, what happens past it and what sets it', () => {
    expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(usual.map(rowOf))
  })

  it('are every variable that there is, each once, with names of their own', () => {
    expect(usual.flatMap(({ variable }) => variable ?? []).sort()).toEqual(Object.keys(limitVariables).sort())
    expect(new Set(usual.map(({ name }) => name)).size).toBe(usual.length)
  })

  it('have the values that were set, and those of the org', () => {
    const odd = Object.fromEntries(Object.keys(limitVariables).map((name, at) => [name, 1_000 + at])) as unknown as typeof usualLimits
    const told = toldLimits(odd, { databases: { value: 7, used: 1 }, users: { value: 6, used: 2 }, keys: { value: 9, used: 4 }, storageBytes: { value: 5, used: 3 }, databaseBytes: 8 })
    for (const { variable, value } of told) if (variable !== undefined && !/^(DATABASES|USERS|KEYS|STORAGE_BYTES)_PER_ORG$/.test(variable)) expect([variable, value]).toEqual([variable, odd[variable]])
    expect(told.filter(({ value }) => value < 10).map(({ name, value, used }) => [name, value, used])).toEqual([
      ['databases_of_an_org', 7, 1], ['users_of_an_org', 6, 2], ['keys_of_an_org', 9, 4], ['storage_of_an_org', 5, 3], ['database_bytes', 8, undefined],
    ])
  })
})
