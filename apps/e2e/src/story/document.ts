import { z } from 'zod'
import { type Answer, type Api, expectStatus } from './api.js'

const schemaShown = z.record(z.string(), z.unknown())
const contentShown = z.record(z.string(), z.object({ schema: schemaShown, example: z.unknown().optional() }))
const responseShown = z.object({ description: z.string(), content: contentShown.optional() })
const operationShown = z.object({
  operationId: z.string(),
  security: z.array(z.unknown()).optional(),
  'x-permission': z.string(),
  parameters: z.array(z.object({ name: z.string(), in: z.enum(['path', 'query', 'header']), required: z.boolean().optional(), schema: schemaShown })).default([]),
  requestBody: z.object({ content: contentShown }).optional(),
  responses: z.record(z.string(), z.union([z.object({ $ref: z.string() }), responseShown])),
})
const documentShown = z.object({
  openapi: z.string().startsWith('3.1'),
  paths: z.record(z.string().startsWith('/'), z.record(z.string(), operationShown)),
  components: z.object({ schemas: z.record(z.string(), schemaShown), responses: z.record(z.string(), responseShown) }),
  'x-roles': z.record(z.string(), z.array(z.string())),
})

type Response = z.infer<typeof responseShown>
type Described = Omit<z.infer<typeof operationShown>, 'responses'>
export type Schema = z.infer<typeof schemaShown>

export interface DocumentedOperation extends Described {
  readonly responses: Readonly<Record<string, Response>>
  readonly method: string
  /** With its parameters in braces. */
  readonly path: string
}

export interface ApiDocument {
  readonly operations: readonly DocumentedOperation[]
  /** What each built-in role may do. */
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** The operation that an answer came from. */
  operationOf(asked: Pick<Answer, 'method' | 'path'>): DocumentedOperation | undefined
  /** What the document and an answer disagree about; undefined when they agree. */
  disagreement(answer: Answer): string | undefined
}

const refers = /^#\/components\/(?:schemas|responses)\/(\w+)$/
const nameIn = (reference: unknown): string | undefined => refers.exec(String(reference ?? ''))?.[1]

/** The document that a system serves. */
export const documentOf = async (api: Api): Promise<ApiDocument> => {
  const answer = await api('GET', '/docs/openapi.json')
  expectStatus(200, answer)
  return readDocument(answer.text)
}

/** Reads the document that the system serves. Throws when it is not one. */
const readDocument = (text: string): ApiDocument => {
  const { paths, components, 'x-roles': roles } = documentShown.parse(JSON.parse(text))
  const responseOf = (response: Response | { $ref: string }): Response => {
    const shown = '$ref' in response ? components.responses[nameIn(response.$ref) ?? ''] : response
    if (!shown) throw new Error(`The document refers to a response that it does not have: ${JSON.stringify(response)}`)
    return shown
  }
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, described]) => ({
    ...described, method: method.toUpperCase(), path,
    responses: Object.fromEntries(Object.entries(described.responses).map(([status, response]) => [status, responseOf(response)])),
  })))
  const checks = new Map<string, z.ZodType>()

  const checkOf = (schema: Readonly<Record<string, unknown>>): z.ZodType => {
    const name = nameIn(schema['$ref'])
    const key = JSON.stringify(schema)
    const known = checks.get(key) ?? z.fromJSONSchema(name === undefined ? schema : components.schemas[name] ?? {})
    checks.set(key, known)
    return known
  }

  const disagreement = (answer: Answer): string | undefined => {
    const operation = operationOf(operations, answer)
    if (!operation) return `${answer.method} ${answer.path} is not in the document`
    const where = `${operation.operationId} ${answer.status}`
    const response = operation.responses[String(answer.status)]
    if (!response) return `${where}: this status is not in the document`
    const type = answer.headers['content-type']?.split(';')[0] ?? ''
    const content = response.content?.[type]
    if (!content) return response.content || answer.text !== '' ? `${where}: this content type is not in the document: ${type}` : undefined
    const checked = checkOf(content.schema).safeParse(type === 'application/json' ? JSON.parse(answer.text) : answer.text)
    return checked.success ? undefined : `${where}: ${z.prettifyError(checked.error)} in ${answer.text.slice(0, 300)}`
  }
  return { operations, roles, operationOf: (asked) => operationOf(operations, asked), disagreement }
}

/** The operation that an answer came from; of two that fit, the one with fewer parameters. */
const operationOf = (operations: readonly DocumentedOperation[], { method, path }: Pick<Answer, 'method' | 'path'>): DocumentedOperation | undefined => {
  const asked = path.split('?')[0] ?? ''
  const fits = (operation: DocumentedOperation): boolean =>
    operation.method === method && new RegExp(`^${operation.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked)
  return operations.filter(fits).sort((one, other) => parameters(one.path) - parameters(other.path))[0]
}

const parameters = (path: string): number => path.split('{').length
