import { createHash } from 'node:crypto'

const nothing = '0'.repeat(64)

const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

/** What a line's hash must be: it covers the hash before it, the line's number, and everything that it says. */
const hashOf = ({ number, prev_hash, hash, ...entry }) =>
  createHash('sha256').update(Buffer.from(prev_hash, 'hex')).update(`${number}\n${canonical(entry)}`).digest('hex')

const read = (text) => {
  try {
    const line = JSON.parse(text)
    // A name that is written twice is read once: what people see would not be what is checked.
    return typeof line === 'object' && line !== null && !Array.isArray(line) && JSON.stringify(line) === text ? line : undefined
  } catch {
    return undefined
  }
}

/** Why `line` cannot follow `before`; undefined when it does. */
const faultOf = (line, before) => {
  if (line === undefined) return 'it is not a line of the record as it was written'
  if (before.org !== undefined && line.org_id !== before.org) return 'it is of another org than the line before it'
  if (line.number !== before.number + 1) return `its number is ${line.number} where ${before.number + 1} belongs`
  if (line.prev_hash !== before.hash) return 'it does not follow the line before it'
  return hashOf(line) === line.hash ? undefined : 'it was changed after it was written'
}

const startOf = (first, part) => part && Number.isInteger(first?.number) ? { number: first.number - 1, hash: first.prev_hash } : { number: 0, hash: nothing }

/** Goes through the lines of an export once, holding one at a time; stops at the first that is broken. */
export const verifyChain = async (texts, { part = false, last } = {}) => {
  let before
  let at = 0
  for await (const text of texts) {
    at++
    const line = read(text)
    before ??= startOf(line, part)
    const reason = faultOf(line, before)
    if (reason !== undefined) return { line: at, reason }
    before = { number: line.number, hash: line.hash, org: line.org_id }
  }
  const end = before?.hash ?? nothing
  return last !== undefined && last !== end ? { line: at + 1, reason: 'it is missing, and what followed it: the last hash is another one' } : { lines: at, last: end }
}
