import { parseArgs } from 'node:util'
import * as deeds from './deeds.mjs'
import { Fault } from './fault.mjs'
import * as lists from './lists.mjs'
import { servicesOf } from './services.mjs'

const paged = { limit: { type: 'string' }, next: { type: 'string' } }
const always = { json: { type: 'boolean' }, help: { type: 'boolean' } }

/** Every command: what it takes, what it is for, and what does it. */
const commands = {
  'orgs': { run: lists.orgs, options: paged, takes: '', says: 'every org: its owners, databases and users' },
  'users': { run: lists.users, options: { ...paged, email: { type: 'string' } }, takes: '[--email <address>]', says: 'every user: org, status, last login, and whether logins have to wait' },
  'databases': { run: lists.databases, options: { ...paged, stuck: { type: 'boolean' } }, takes: '[--stuck]', says: 'every database, or those that failed or are on their way for over a minute' },
  'add-owner': { run: deeds.addOwner, arguments: ['org', 'user'], takes: '<org> <user>', says: 'make a user an owner of an org that nobody owns any more' },
  'activate': { run: deeds.activate, arguments: ['user'], options: { org: { type: 'string' } }, takes: '<user> [--org <org>]', says: 'let a member in again' },
  'deactivate': { run: deeds.deactivate, arguments: ['user'], options: { org: { type: 'string' } }, takes: '<user> [--org <org>]', says: 'end all that a member has proven, and let them in no more' },
  'unlock': { run: deeds.unlock, arguments: ['user'], takes: '<user>', says: 'forget wrong passwords, so that logins need not wait' },
  'reset-link': { run: deeds.resetLink, arguments: ['user'], takes: '<user>', says: 'print a link that sets a new password, once, within an hour' },
  'make-admin': { run: deeds.makeAdmin, arguments: ['user'], takes: '<user>', says: 'let a user administrate this server' },
  'unmake-admin': { run: deeds.unmakeAdmin, arguments: ['user'], takes: '<user>', says: 'take that back' },
  'retry': { run: deeds.retry, arguments: ['database'], takes: '<database>', says: 'try again with a database that failed or is stuck' },
  'purge': { run: deeds.purge, arguments: ['database'], options: { yes: { type: 'string' } }, takes: '<database> --yes <name>', says: 'remove the data of a deleted database before its time' },
  'limits': { run: deeds.limits, arguments: ['org', 'set', 'quota', 'number'], takes: '<org> set databases|users|storage|keys <number>|usual', says: 'say what one org may have' },
}

const usage = `Usage: npx tenantry admin <command> [--json]

${Object.entries(commands).map(([name, { takes, says }]) => `  ${`${name} ${takes}`.trimEnd()}\n      ${says}\n`).join('')}
A user is named by id or e-mail address, an org and a database by id. Lists have --limit (100 unless said, 1000 at most) and --next.
Every change is written down in the record of deeds of its org, as an operator's.

It speaks to the running system: to "npm start" by its data directory (DATA_DIR, .tenantry unless set), to services of their own by
IDENTITY_URL, CONTROL_PLANE_URL, PROVISIONER_URL and INTERNAL_TOKEN or INTERNAL_TOKEN_FILE.

Exit codes: 0 done, 1 refused or not running, 2 not understood, 78 settings that are wrong.
`

const parsed = (name, { options = {}, arguments: wanted = [] }, rest) => {
  try {
    const { values, positionals } = parseArgs({ args: rest, options: { ...options, ...always }, allowPositionals: true })
    if (!values.help && positionals.length !== wanted.length) throw new Error(wanted.length === 0 ? `${name} takes no ${positionals[0]}` : `${name} takes ${wanted.map((one) => `<${one}>`).join(' ')}`)
    return { values, positionals }
  } catch (error) {
    throw Fault.usage(`${error.message}. "npx tenantry admin --help" lists the commands.`)
  }
}

const limitOf = (text = '100') => {
  if (!/^[1-9]\d{0,3}$/.test(text) || Number(text) > 1_000) throw Fault.usage('--limit is 1 to 1000.')
  return Number(text)
}

/** Runs one command and answers what to print. Throws Fault. */
export const admin = async ([name, ...rest], env) => {
  if (name === '--help' || name === 'help') return usage
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined
  if (!command) throw Fault.usage(name === undefined ? usage.trimEnd() : `There is no command ${name}. "npx tenantry admin --help" lists them.`)
  const { values, positionals } = parsed(name, command, rest)
  if (values.help) return `Usage: npx tenantry admin ${name} ${command.takes}\n\n  ${command.says}\n`
  const { text, json } = await command.run(servicesOf(env), positionals, { ...values, limit: limitOf(values.limit) })
  return values.json ? `${JSON.stringify(json, undefined, 2)}\n` : text
}
