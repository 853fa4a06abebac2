import { GraphQLError } from 'graphql'
import { marks } from './marks.js'
import type { ObjectShape, Shape, ShapedField } from './shape.js'
import { tooManyRows } from '../plan/page.js'

type Path = readonly (string | number)[]

/** Stands for a value that must be there and is not: what holds it is missing then, too. */
const missing = Symbol('missing')
type Repaired = unknown

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const markOf = (value: unknown): string | undefined => isRecord(value) && typeof value[''] === 'string' && Object.keys(value).length === 1 ? value[''] : undefined

/** Puts what GraphQL wants in place of the marks of an answer: null and an error where a value cannot be shown, base64 for bytes. */
export class Repair {
  readonly errors: GraphQLError[] = []

  /** The value as it is shown; undefined when the whole of it is missing. */
  of(json: string, { shape, isNotNull, node }: ShapedField, path: Path): unknown {
    const repaired = this.field(JSON.parse(json), { shape, isNotNull, node }, path)
    return repaired === missing ? undefined : repaired
  }

  private field(value: unknown, field: ShapedField, path: Path): Repaired {
    const repaired = this.value(value, field, path)
    return repaired === null && field.isNotNull ? missing : repaired
  }

  private value(value: unknown, { shape, node }: ShapedField, path: Path): Repaired {
    const mark = markOf(value)
    if (mark !== undefined) return this.marked(mark, node, path)
    if (value === null || shape.kind === 'leaf') return value
    return shape.kind === 'object' ? this.object(value, shape, path) : this.list(value, shape, node, path)
  }

  private object(value: unknown, { fields }: ObjectShape, path: Path): Repaired {
    const entries = Object.entries(isRecord(value) ? value : {}).map(([key, each]) => {
      const field = fields.get(key)
      return [key, field ? this.field(each, field, [...path, key]) : each] as const
    })
    return entries.some(([, each]) => each === missing) ? null : Object.fromEntries(entries)
  }

  private list(value: unknown, { of }: Extract<Shape, { kind: 'list' }>, node: ShapedField['node'], path: Path): Repaired {
    const members = (Array.isArray(value) ? value as readonly unknown[] : []).map((each, at) => this.value(each, { shape: of, isNotNull: true, node }, [...path, at]))
    return members.includes(null) ? null : members
  }

  private marked(mark: string, node: ShapedField['node'], path: Path): Repaired {
    const rest = mark.slice(1)
    switch (mark[0]) {
      case marks.bytes: return Buffer.from(rest, 'hex').toString('base64')
      case marks.overflow: return this.refused(`Integer ${rest} would overflow. This happens because SQLite uses 64-bit ints, but GraphQL uses 32-bit ints. Use a Number (64-bit float) or Text column instead. Ask for it with @text to get all its digits.`, node, path)
      case marks.tooMany: return this.refused(tooManyRows, node, path)
      default: return this.refused(`Cannot return null for non-nullable field ${String(path.at(-1))}.`, node, path)
    }
  }

  private refused(message: string, node: ShapedField['node'], path: Path): null {
    this.errors.push(new GraphQLError(message, { nodes: node, path }))
    return null
  }
}

