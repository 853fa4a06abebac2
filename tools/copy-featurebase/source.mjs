import { Fault } from '../admin/fault.mjs'

const requestMs = 300_000

/** Asks the FeatureBase server at `url`. Throws Fault when it does not answer as it should. */
export const openSource = (url) => {
  const ask = async (method, path, body) => {
    try {
      const answer = await fetch(`${url}${path}`, { method, body, headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(requestMs), redirect: 'error' })
      return { status: answer.status, text: await answer.text() }
    } catch (error) {
      throw Fault.refused(`The FeatureBase server at ${url} does not answer: ${error.cause?.message ?? error.message}`)
    }
  }
  const json = async (...asked) => {
    const { status, text } = await ask(...asked)
    const answer = parsed(text)
    if (status !== 200 || answer === undefined) throw Fault.refused(`The FeatureBase server refused ${asked[0]} ${asked[1]} with ${status}: ${answer?.error ?? text.slice(0, 200)}`)
    return answer
  }
  return {
    schema: async () => (await json('GET', '/schema')).indexes ?? [],
    pql: async (index, text) => (await json('POST', `/index/${encodeURIComponent(index)}/query`, text)).results[0],
  }
}

const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

/** JSON whose numbers are kept as they were written, each as `{ digits }`: they may be longer than a number is exact. */
export const parsed = (text) => {
  try {
    return JSON.parse(text.replace(token, (one) => one.startsWith('"') ? one : `{"digits":"${one}"}`))
  } catch {
    return undefined
  }
}

/** The same JSON again. */
export const spelled = (value) => {
  if (Array.isArray(value)) return `[${value.map(spelled).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (typeof value.digits === 'string' && Object.keys(value).length === 1) return value.digits
  return `{${Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}:${spelled(one)}`).join(',')}}`
}
