import { type Api, expectStatus } from './api.js'
import { becomes, createDatabase } from './databases.js'
import type { Person } from './people.js'

/** A database of bitmaps that runs, with the tables of a schema. */
export const createBitmaps = async (api: Api, person: Person, name: string, schema: unknown, shape = 'bitmap-small'): Promise<string> => {
  const id = await createDatabase(api, person, name, shape)
  await becomes(api, person, id, 'RUNNING')
  expectStatus(204, await api('POST', `/v2/databases/${id}/schema`, { token: person.token, json: schema }))
  return id
}

/** What each call of a PQL request answers. */
export const runPql = async (api: Api, { token }: Person, id: string, text: string): Promise<unknown> => {
  const answer = await api('POST', `/v2/databases/${id}/query/pql`, { token, text })
  expectStatus(200, answer)
  return (JSON.parse(answer.text) as { results: unknown }).results
}

/** The tables that the document's own example of a query is about. */
export const teaching = {
  indexes: [
    { name: 'cseg', options: { keys: false }, fields: [{ name: 'hobbies', options: { type: 'set', keys: true } }] },
    { name: 'skills', options: { keys: false }, fields: [{ name: 'id', options: { type: 'int' } }, { name: 'bools', options: { type: 'set', keys: true } }] },
  ],
}
