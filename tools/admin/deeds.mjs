import { Fault } from './fault.mjs'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const done = (text, json = {}) => ({ text: `${text}\n`, json })

/** Whom a text names: an address, or an id. */
const userOf = async (order, text) => {
  if (uuid.test(text)) return { id: text.toLowerCase(), email: text }
  if (!text.includes('@')) throw Fault.usage(`${text} is neither the id nor the e-mail address of a user.`)
  const { items: [user] } = await order('identity.users.list', { email: text })
  if (!user) throw Fault.refused(`Nobody has the e-mail address ${text}.`)
  return user
}

const idOf = (what, text) => {
  if (!uuid.test(text)) throw Fault.usage(`${text} is no id of ${what}.`)
  return text.toLowerCase()
}

const orgOf = async (order, text) => {
  const id = idOf('an org', text)
  const { items: [org] } = await order('control.orgs.list', { org_id: id })
  if (!org) throw Fault.refused('There is no such org.')
  return org
}

/** The org whose member is meant: the one that is named, or the only one that there is. */
const orgOfMember = async (order, user, named) => {
  if (named !== undefined) return idOf('an org', named)
  const members = (await order('control.members.find', { user_ids: [user.id] })).filter(({ status }) => status !== 'Left')
  if (members.length === 1) return members[0].orgId
  throw Fault.refused(members.length === 0 ? 'This user is a member of no org.' : `This user is a member of ${members.length} orgs; say which with --org: ${members.map(({ orgId }) => orgId).join(', ')}.`)
}

const move = (status, words) => async (order, [name], options) => {
  const user = await userOf(order, name)
  const org = await orgOfMember(order, user, options.org)
  await order('control.member.move', { org_id: org, user_id: user.id, status })
  return done(`${user.email} is ${words} in ${org}.`, { user_id: user.id, org_id: org, status })
}

export const activate = move('Active', 'active')
export const deactivate = move('Deactivated', 'deactivated, everywhere within a second,')

export const addOwner = async (order, [orgName, name]) => {
  const org = await orgOf(order, orgName)
  const user = await userOf(order, name)
  await order('control.org.add-owner', { org_id: org.id, user_id: user.id })
  const elsewhere = user.orgId !== undefined && user.orgId !== org.id ? ` Their logins still speak for ${user.orgId}.` : ''
  return done(`${user.email} is an owner of "${org.name}" now.${elsewhere}`, { org_id: org.id, user_id: user.id })
}

export const unlock = async (order, [name]) => {
  const user = await userOf(order, name)
  await order('identity.user.unlock', { user_id: user.id })
  return done(`The wrong passwords of ${user.email} are forgotten.`, { user_id: user.id })
}

export const resetLink = async (order, [name]) => {
  const user = await userOf(order, name)
  const { link } = await order('identity.user.reset-link', { user_id: user.id })
  return { json: { user_id: user.id, link }, text: `${link}\nWhoever opens it within an hour sets the password of ${user.email}, once. Give it to nobody else.\n` }
}

const admin = (isAdmin) => async (order, [name]) => {
  const user = await userOf(order, name)
  await order('identity.user.set-admin', { user_id: user.id, server_admin: isAdmin })
  return done(`${user.email} ${isAdmin ? 'administrates this server now' : 'does not administrate this server any more'}.`, { user_id: user.id, server_admin: isAdmin })
}

export const makeAdmin = admin(true)
export const unmakeAdmin = admin(false)

export const retry = async (order, [name]) => {
  const { name: called, state } = await order('control.database.retry', { database_id: idOf('a database', name) })
  return done(`"${called}" is ${state} and is being worked on; "npx tenantry admin databases --stuck" lists what stays.`, { id: name, state })
}

export const purge = async (order, [name], { yes }) => {
  const id = idOf('a database', name)
  if (yes === undefined) throw Fault.usage('Nothing brings the data back afterwards: say --yes and the name of the database.')
  await order('control.database.purge', { database_id: id, name: yes })
  return done(`The data of "${yes}" is being removed for good.`, { id })
}

const quotas = ['databases', 'users', 'storage', 'keys']

export const limits = async (order, [orgName, verb, quota, many]) => {
  if (verb !== 'set' || !quotas.includes(quota) || !/^(\d{1,15}|usual)$/.test(many)) throw Fault.usage(`Say: limits <org> set ${quotas.join('|')} <number>|usual`)
  const org = await orgOf(order, orgName)
  const max = many === 'usual' ? null : Number(many)
  await order(quota === 'keys' ? 'identity.org.set-limit' : 'control.org.set-limit', { org_id: org.id, quota, max })
  return done(`"${org.name}" may have ${max ?? 'the usual number of'} ${quota === 'storage' ? 'bytes of storage' : quota} now.`, { org_id: org.id, quota, max })
}
