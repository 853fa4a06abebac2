import { ago, table } from './table.mjs'

const page = ({ limit, next }) => ({ limit, ...(next !== undefined && { next }) })
const footer = ({ items, next }) => next === undefined ? '' : `These are ${items.length}, and there are more: add --next ${next}\n`
const listed = (heads, rowOf, answer) => ({ json: answer, text: table(heads, answer.items.map(rowOf)) + footer(answer) })

export const orgs = async (order, _, options) =>
  listed(['ID', 'NAME', 'STATUS', 'OWNERS', 'DATABASES', 'USERS'], ({ id, name, status, owners, databases, users }) => [id, name, status, owners.join(', ') || 'nobody', databases, users],
    await order('control.orgs.list', page(options)))

export const users = async (order, _, options) => {
  const { items, next } = await order('identity.users.list', { ...page(options), ...(options.email !== undefined && { email: options.email }) })
  const members = await order('control.members.find', { user_ids: items.map(({ id }) => id) })
  const statusOf = ({ id, orgId }) => members.find((one) => one.userId === id && one.orgId === orgId)
  const people = items.map((user) => ({ ...user, status: statusOf(user)?.status ?? 'Unknown', role: statusOf(user)?.role ?? null }))
  return listed(['ID', 'E-MAIL', 'ORG', 'STATUS', 'ROLE', 'ADMIN', 'LAST LOGIN', 'LOCKED'], (user) => [
    user.id, user.email, user.orgId, user.status, user.role, user.serverAdmin ? 'yes' : 'no', user.lastLogin === null ? '-' : `${ago(user.lastLogin)} ago`,
    user.lockedUntil === null ? 'no' : `until ${user.lockedUntil}`,
  ], { items: people, ...(next !== undefined && { next }) })
}

export const databases = async (order, _, options) => {
  const { items, next } = await order('control.databases.list', { ...page(options), stuck: options.stuck ?? false })
  const instances = await order('provisioner.instances.find', { database_ids: items.map(({ id }) => id) })
  const lastError = ({ id, reason }) => instances.find(({ databaseId }) => databaseId === id)?.reason ?? reason
  const seen = items.map((database) => ({ ...database, lastError: lastError(database) }))
  return listed(['ID', 'NAME', 'ORG', 'STATE', 'FOR', 'LAST ERROR'], (one) => [one.id, one.name, one.orgId, one.state, ago(one.stateAt), one.lastError],
    { items: seen, ...(next !== undefined && { next }) })
}
