import { z } from 'zod'
import { type Answer, type Api, read } from './api.js'
import type { Person } from './people.js'
import { until } from './until.js'

export const databaseShown = z.object({ id: z.string(), name: z.string(), database_status: z.string(), org_id: z.string(), owned_by: z.string() })
const listShown = z.object({ next: z.string(), resources: z.array(databaseShown) })
const answerShown = z.object({ schema: z.object({ fields: z.array(z.object({ name: z.string(), type: z.string() })) }), data: z.array(z.array(z.unknown())) })

type Database = z.infer<typeof databaseShown>
type Owner = Pick<Person, 'token'>

const runningSeconds = 20
const mostPages = 100

export const createDatabase = async (api: Api, { token }: Owner, name: string, shape = 'sqlite-small'): Promise<string> =>
  read(databaseShown, 201, await api('POST', '/v2/databases', { token, json: { name, database_options: { shape } } })).id

export const getDatabase = async (api: Api, { token }: Owner, id: string): Promise<Database> =>
  read(databaseShown, 200, await api('GET', `/v2/databases/${id}`, { token }))

export const becomes = async (api: Api, owner: Owner, id: string, status: string, seconds = runningSeconds): Promise<void> =>
  until(`database ${id} is ${status}`, async () => (await getDatabase(api, owner, id)).database_status === status, seconds)

/** All databases of the org, page by page. */
export const listDatabases = async (api: Api, { token }: Owner, limit = 1_000): Promise<readonly Database[]> => {
  const found: Database[] = []
  let next = ''
  for (let page = 0; page < mostPages; page += 1) {
    const shown = read(listShown, 200, await api('GET', `/v2/databases?limit=${limit}${next && `&next=${encodeURIComponent(next)}`}`, { token }))
    found.push(...shown.resources)
    next = shown.next
    if (next === '') return found
  }
  throw new Error(`The list does not end after ${mostPages} pages.`)
}

export const runSql = (api: Api, credential: { readonly token: string } | { readonly key: string }, id: string, text: string): Promise<Answer> =>
  api('POST', `/v2/databases/${id}/query/sql`, { ...credential, text })

/** The rows of a statement that must succeed. */
export const rowsOf = async (api: Api, credential: { readonly token: string } | { readonly key: string }, id: string, text: string): Promise<unknown[][]> =>
  read(answerShown, 200, await runSql(api, credential, id, text)).data
