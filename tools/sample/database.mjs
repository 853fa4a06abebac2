import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../admin/fault.mjs'

const runningMs = 30_000
const pageLimit = 1_000
const mostPages = 100

/** The id of the database of bitmaps with this name, which is made where there is none. Throws Fault. */
export const databaseNamed = async (api, name) => {
  const made = await api.ask('POST', '/v2/databases', JSON.stringify({ name, database_options: { shape: 'bitmap-small' } }))
  if (made.status === 201) return JSON.parse(made.text).id
  for (let page = 0, next = ''; made.status === 409 && page < mostPages && next !== undefined; page += 1) {
    const list = await api.sure('GET', `/v2/databases?limit=${pageLimit}${next && `&next=${encodeURIComponent(next)}`}`)
    const known = list.resources.find((database) => database.name.toLowerCase() === name.toLowerCase())
    if (known) return known.id
    next = list.next || undefined
  }
  throw Fault.refused(`The database ${name} cannot be made: ${made.status} ${made.text.slice(0, 300)}`)
}

/** Waits until the database answers. Throws Fault. */
export const running = async (api, id) => {
  for (const began = performance.now(); performance.now() - began < runningMs; await delay(100)) {
    const { database_status: status } = await api.sure('GET', `/v2/databases/${id}`)
    if (status === 'RUNNING') return
    if (!['CREATING', 'PROVISIONING', 'UPDATING', 'RESTORING'].includes(status)) throw Fault.refused(`The database is ${status}; start it, or choose another --name.`)
  }
  throw Fault.refused(`The database was not RUNNING within ${runningMs / 1_000} seconds.`)
}
