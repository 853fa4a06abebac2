import { may } from '@tenantry/auth'
import { Problem, type Rights } from '@tenantry/contracts'
import { isStatementJson, readStatement } from '@tenantry/dialects-featurebase'
import type { Access, QueryAsk } from '@tenantry/engines-contract'

/** What the engine shall let a caller do. Throws Forbidden. */
export const queryAccess = (rights: Rights): Access => {
  if (may(rights, 'data:write')) return 'write'
  if (may(rights, 'data:read')) return 'read'
  throw new Problem('Forbidden', 'You may not query the databases of this org; ask one of its owners for the right data:read.')
}

/** What is only for those who may change data. Throws Forbidden. */
export const mayWrite = (rights: Rights): Access => {
  if (may(rights, 'data:write')) return 'write'
  throw new Problem('Forbidden', 'You may not change the databases of this org; ask one of its owners for the right data:write.')
}

/** The statement, when it is one that can be sent to an engine at all. */
export const checkedText = (text: string, mostBytes: number): string => {
  if (text.trim() === '') throw new Problem('EngineRejectedQuery', 'The request body is empty; send one SQL statement as text.')
  return sized(text, mostBytes)
}

/** What is asked, as an engine reads it. */
export type Asked = Pick<QueryAsk, 'text' | 'params'>

/** The statement of a body and the values that go with it, where it is JSON. Throws Problem for one that cannot be sent to an engine. */
export const statementIn = (contentType: string | undefined, body: string, mostBytes: number): Asked => {
  if (!isStatementJson(contentType, body)) return { text: checkedText(body, mostBytes) }
  const { sql, params } = readStatement(body)
  return { text: checkedText(sql, mostBytes), params }
}

/** A text that is not longer than one may be. */
export const sized = (text: string, mostBytes: number): string => {
  if (text.length > mostBytes / 3 && Buffer.byteLength(text) > mostBytes) throw new Problem('RequestTooLarge', `A statement may have at most ${mostBytes} bytes.`)
  return text
}

/** PQL with its table before it in brackets, where the request named the table apart: the text is PQL alone then, which has no brackets. */
export const addressed = (text: string, table: string | undefined): string => table === undefined ? text : `[${table}]${text}`
