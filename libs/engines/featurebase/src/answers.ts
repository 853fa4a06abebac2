import { Problem } from '@tenantry/contracts'
import type { Answer, QueryLimits } from '@tenantry/engines-contract'
import { JsonSpans, NoJson, type Span } from './json-spans.js'
import { markName } from './marks.js'
import { noAnswer, rejected } from './problems.js'
import type { ServerAnswer } from './server.js'

const emptyList = Buffer.from('[]')
const none = Buffer.alloc(0)

const understood = <T>(read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (error instanceof NoJson || error instanceof SyntaxError) throw noAnswer(error)
    throw error
  }
}

const isNothing = (spans: JsonSpans, span: Span | undefined): boolean => span === undefined || spans.text(span) === 'null'

/** The words of an answer's `error`; undefined where it has none. */
const errorIn = (spans: JsonSpans, members: ReadonlyMap<string, Span>): string | undefined => {
  const span = members.get('error')
  if (!span || isNothing(spans, span)) return undefined
  const error: unknown = JSON.parse(spans.text(span))
  return typeof error === 'string' ? error : typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
}

/** What the server answered to SQL. It says 200 of everything, so that only the body tells. */
export const sqlAnswer = ({ status, body }: ServerAnswer, about: { readonly limits: QueryLimits; readonly micros: number; readonly listsTables: boolean }): Answer => understood(() => {
  if (status !== 200) throw noAnswer(`status ${status}`)
  const spans = new JsonSpans(body)
  const members = spans.members()
  const error = errorIn(spans, members)
  if (error !== undefined) throw rejected(error)
  const [schema, data, plan, warnings, time] = ['schema', 'data', 'query-plan', 'warnings', 'execution-time'].map((name) => members.get(name))
  if (!schema || !data) throw noAnswer('an answer without rows')
  const fields = spans.membersAt(schema).get('fields')
  const rows = spans.count(data)
  if (rows > about.limits.answerRows) throw new Problem('AnswerTooLarge', `The answer has more than ${about.limits.answerRows} rows; ask for fewer.`)
  const micros = time ? Number(spans.text(time)) : NaN
  return {
    fields: fields && !isNothing(spans, fields) ? spans.slice(fields) : emptyList,
    ...(about.listsTables ? withoutMark(spans, data) : { data: isNothing(spans, data) ? emptyList : spans.slice(data), rows }),
    micros: Number.isSafeInteger(micros) ? micros : about.micros,
    ...(plan && !isNothing(spans, plan) && { plan: spans.slice(plan) }),
    ...(warnings && spans.count(warnings) > 0 && { warnings: spans.slice(warnings) }),
  }
})

/** Tables as they are listed, without the one that keeps the server. */
const withoutMark = (spans: JsonSpans, data: Span): Pick<Answer, 'data' | 'rows'> => {
  const kept = spans.items(data).filter((row) => !spans.text(row).startsWith(`["${markName}"`)).map((row) => spans.text(row))
  return { data: Buffer.from(`[${kept.join(',')}]`), rows: kept.length }
}

/** What the server answered to PQL. */
export const pqlAnswer = ({ status, body }: ServerAnswer, micros: number): Answer => understood(() => {
  if (status !== 200 && status !== 400 && status !== 413) throw noAnswer(`status ${status}`)
  const spans = new JsonSpans(body)
  const members = spans.members()
  const error = errorIn(spans, members)
  if (error !== undefined) throw status === 413 ? new Problem('RequestTooLarge', rejected(error).message) : /: index not found$/.test(error) ? new Problem('TableNotFound', rejected(error).message) : rejected(error)
  const results = members.get('results')
  if (!results || status !== 200) throw noAnswer('an answer without results')
  return { fields: none, data: spans.slice(results), rows: 0, micros }
})

/** The schema as the server tells it, without the index that keeps the server and those of its own. */
export const schemaAnswer = ({ status, body }: ServerAnswer, micros: number, isHidden: (name: string) => boolean): Answer => understood(() => {
  const { spans, indexes } = indexesIn({ status, body })
  const kept = indexes.filter(({ name }) => !isHidden(name)).map(({ span }) => spans.text(span))
  return { fields: none, data: Buffer.from(`{"indexes":[${kept.join(',')}]}`), rows: 0, micros }
})

/** The names of all indexes of a server. */
export const indexNames = (answer: ServerAnswer): readonly string[] => understood(() => indexesIn(answer).indexes.map(({ name }) => name))

const indexesIn = ({ status, body }: ServerAnswer) => {
  if (status !== 200) throw noAnswer(`status ${status}`)
  const spans = new JsonSpans(body)
  const list = spans.members().get('indexes')
  const indexes = (list ? spans.items(list) : []).map((span) => {
    const name = spans.membersAt(span).get('name')
    return { span, name: name ? String(JSON.parse(spans.text(name))) : '' }
  })
  return { spans, indexes }
}

/** The values of the column of this name, in the rows of an answer. */
export const columnOf = ({ fields, data }: Answer, column: string): readonly unknown[] => {
  const names = JSON.parse(fields.toString('utf8')) as readonly { readonly name: string }[]
  const at = names.findIndex(({ name }) => name === column)
  return at < 0 ? [] : (JSON.parse(data.toString('utf8')) as readonly (readonly unknown[])[]).map((row) => row[at])
}
