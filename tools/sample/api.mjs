import { Fault } from '../admin/fault.mjs'

const requestMs = 60_000

/** Asks the installation at `url` with a credential; `ask` gives the status and the body of an answer. Throws Fault when nobody answers. */
export const openApi = (url, credential) => {
  const ask = async (method, path, body, type = 'application/json') => {
    const headers = { Authorization: `Bearer ${credential}`, ...(body !== undefined && { 'Content-Type': type }) }
    try {
      const answer = await fetch(`${url}${path}`, { method, headers, body, signal: AbortSignal.timeout(requestMs), redirect: 'error' })
      return { status: answer.status, text: await answer.text() }
    } catch (error) {
      throw Fault.refused(`Nobody answers at ${url}: ${error.cause?.message ?? error.message}. Is it running, and is its authority in NODE_EXTRA_CA_CERTS where it speaks https?`)
    }
  }
  /** The same, where nothing else than success will do. */
  const sure = async (...asked) => {
    const { status, text } = await ask(...asked)
    if (status >= 300) throw Fault.refused(`${asked[0]} ${asked[1]} was refused with ${status}: ${reasonIn(text)}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  return { ask, sure }
}

const reasonIn = (text) => {
  try {
    return JSON.parse(text).message ?? text.slice(0, 300)
  } catch {
    return text.slice(0, 300)
  }
}
