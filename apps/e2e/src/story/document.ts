import { z } from 'zod'
import type { Answer } from './api.js'

const schemaShown = z.record(z.string(), z.unknown())
const operationShown = z.object({
  operationId: z.string(),
  security: z.array(z.unknown()).optional(),
  requestBody: z.object({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: z.record(z.string(), z.object({ schema: schemaShown })).optional() })),
})
const documentShown = z.object({
  openapi: z.string().startsWith('3.1'),
  paths: z.record(z.string().startsWith('/'), z.record(z.string(), operationShown)),
  components: z.object({ schemas: z.record(z.string(), schemaShown) }),
})

type Described = z.infer<typeof operationShown>

export interface DocumentedOperation extends Described {
  readonly method: string
  /** With its parameters in braces. */
  readonly path: string
}

export interface ApiDocument {
  readonly operations: readonly DocumentedOperation[]
  /** What the document and an answer disagree about; undefined when they agree. */
  disagreement(answer: Answer): string | undefined
}

const refers = /^#\/components\/schemas\/(\w+)$/

/** Reads the document that the system serves. Throws when it is not one. */
export const readDocument = (text: string): ApiDocument => {
  const { paths, components } = documentShown.parse(JSON.parse(text))
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods)
    .map(([method, described]) => ({ ...described, method: method.toUpperCase(), path })))
  const checks = new Map<string, z.ZodType>()

  const checkOf = (schema: Readonly<Record<string, unknown>>): z.ZodType => {
    const name = refers.exec(String(schema['$ref'] ?? ''))?.[1]
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
    const checked = checkOf(content.schema).safeParse(JSON.parse(answer.text))
    return checked.success ? undefined : `${where}: ${z.prettifyError(checked.error)} in ${answer.text.slice(0, 300)}`
  }
  return { operations, disagreement }
}

/** The operation that an answer came from; of two that fit, the one with fewer parameters. */
const operationOf = (operations: readonly DocumentedOperation[], { method, path }: Answer): DocumentedOperation | undefined => {
  const asked = path.split('?')[0] ?? ''
  const fits = (operation: DocumentedOperation): boolean =>
    operation.method === method && new RegExp(`^${operation.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked)
  return operations.filter(fits).sort((one, other) => parameters(one.path) - parameters(other.path))[0]
}

const parameters = (path: string): number => path.split('{').length
