import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { isAlive } from '../ready/is-alive.mjs'
import { Fault } from './fault.mjs'

const deadlineMs = 15_000
const urlVariables = { identity: 'IDENTITY_URL', control: 'CONTROL_PLANE_URL', provisioner: 'PROVISIONER_URL' }

const isGone = (error) => error.code === 'ENOENT'
const unreadable = (file, error) => Fault.configuration(`${file} cannot be read (${error.code ?? error.message}); run this as the user that runs Tenantry.`)

const read = async (file, otherwise) => {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (isGone(error)) throw otherwise()
    throw unreadable(file, error)
  }
}

const tokenOf = async (env, dataDir) => {
  if (env.INTERNAL_TOKEN) return env.INTERNAL_TOKEN
  const file = env.INTERNAL_TOKEN_FILE || path.join(dataDir, 'secrets/internal-token')
  return await read(file, () => Fault.configuration(`There is no ${file}. Run this where Tenantry was started, set DATA_DIR to its data directory, or set INTERNAL_TOKEN_FILE.`))
}

const notRunning = (dataDir) => Fault.refused(`Tenantry does not run on ${dataDir}: start it there with "npm start", or say where its services are with ${Object.values(urlVariables).join(', ')}.`)

/** Where the one process listens for its operator. A file of a process that is gone says nothing of who has the port now. */
const adminUrlOf = async (dataDir) => {
  const text = await read(path.join(dataDir, 'admin.json'), () => notRunning(dataDir))
  try {
    const { pid, url } = JSON.parse(text)
    if (isAlive(pid)) return new URL(url).href
  } catch {
    throw Fault.configuration(`${path.join(dataDir, 'admin.json')} is damaged; restart Tenantry.`)
  }
  throw notRunning(dataDir)
}

const given = (env, variable) => {
  try {
    return new URL(env[variable]).href
  } catch {
    throw Fault.configuration(`${variable} is no URL.`)
  }
}

/**
 * A function that gives a service an order: `order('control.orgs.list', {…})`. Where the services are and what they are shown is read
 * once, when the first order is given.
 */
export const servicesOf = (env) => {
  const dataDir = path.resolve(env.DATA_DIR || '.tenantry')
  let token
  const urlOf = async (name) => {
    const variable = urlVariables[name.slice(0, name.indexOf('.'))]
    return env[variable] ? given(env, variable) : await adminUrlOf(dataDir)
  }
  return async (name, wish) => {
    token ??= await tokenOf(env, dataDir)
    const url = await urlOf(name)
    return await ask(new URL(`/internal/${name}`, url), token, wish)
  }
}

const ask = async (url, token, wish) => {
  const response = await fetch(url, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(wish), signal: AbortSignal.timeout(deadlineMs),
  }).catch((error) => { throw Fault.refused(`Nobody answers at ${url.origin} (${error.cause?.code ?? error.name}): is Tenantry running?`) })
  if (response.status === 404) throw Fault.configuration(`${url.origin} does not take this token, or is no service of this version: INTERNAL_TOKEN must be the one of the running system.`)
  if (!response.ok) throw Fault.refused(`${url.origin} answered ${response.status}; its log says why.`)
  const { answer, problem } = await response.json()
  if (problem) throw Fault.refused(problem.message)
  return answer
}
