import { readFileSync, readdirSync } from 'node:fs'
import { codesOf, openApiDocument, problemKinds, statusOfKind } from '@tenantry/contracts'
import { operations } from './operations.js'

interface Original { readonly method: string; readonly path: string; readonly statuses: readonly number[] }
interface Golden { readonly operation: string; readonly method: string; readonly path: string; readonly request?: unknown; readonly status: number; readonly answer: unknown }

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
/** Every operation of FeatureBase Cloud REST API 2.0.0 with the statuses that its document lists. */
const originals = read('original/operations.json') as readonly Original[]
const goldens = readdirSync(new URL('golden', import.meta.url)).sort().map((file) => [file, read(`golden/${file}`) as Golden] as const)

/** Operations of the original that are not here yet. The list only shrinks: what is here must leave it. */
const toCome: readonly string[] = []

const nameOf = ({ method, path }: { readonly method: string; readonly path: string }): string => `${method} ${path.replaceAll(/\{\w*\}/g, '{}')}`
const ours = new Map(operations.map((operation) => [nameOf(operation), operation]))
const here = originals.flatMap((original) => {
  const operation = ours.get(nameOf(original))
  return operation ? [{ original, operation }] : []
})

describe('every operation of the original document', () => {
  it('is here, or named among those to come', () => {
    expect(originals.length).toBe(37)
    expect(originals.map(nameOf).filter((name) => !ours.has(name))).toEqual(toCome.filter((name) => !ours.has(name)))
    expect(toCome.filter((name) => ours.has(name))).toEqual([])
  })

  it.each(here.map(({ original, operation }) => [operation.id, original, operation] as const))('%s succeeds with its status, and can be refused with each that is listed', (_, original, operation) => {
    const [success, ...refusals] = original.statuses
    const told = new Set<number>(codesOf(operation).map((code) => statusOfKind[problemKinds[code]]))
    // 501 was for databases of another vendor; here every database can be stopped and started.
    expect([operation.success.status, refusals.filter((status) => status !== 501 && !told.has(status))]).toEqual([success, []])
  })

  it('has its example here, to which answers are held', () => {
    const shown = new Set(goldens.map(([, { operation }]) => operation))
    expect(here.filter(({ operation }) => !shown.has(operation.id)).map(({ operation }) => operation.id)).toEqual([])
  })

  it('is described under its own path', () => {
    const { paths } = openApiDocument(operations, { title: '', version: '', description: '', serverUrl: '/' }) as { paths: Record<string, Record<string, unknown>> }
    for (const { operation: { method, path } } of here) expect(paths[path]?.[method.toLowerCase()]).toBeDefined()
  })
})

describe('every example', () => {
  const named = new Map(operations.map((operation) => [operation.id, operation]))

  it.each(goldens)('%s has a request that its operation takes, and an answer that it could give', (file, golden) => {
    const operation = named.get(golden.operation)
    if (!operation) throw new Error(`There is no operation ${golden.operation}.`)
    expect(file.startsWith(golden.operation)).toBe(true)
    expect([operation.method, operation.path, operation.success.status]).toEqual([golden.method, golden.path, golden.status])
    if (operation.body?.kind === 'json') expect(operation.body.schema.safeParse(golden.request).success).toBe(true)
    if (operation.success.schema) expect(operation.success.schema.parse(golden.answer)).toEqual(golden.answer)
  })
})
