import type { FieldNode } from 'graphql'

export interface ShapedField {
  readonly shape: Shape
  readonly isNotNull: boolean
  readonly node: FieldNode
}

export interface ObjectShape {
  readonly kind: 'object'
  readonly fields: ReadonlyMap<string, ShapedField>
}

/** What a part of an answer looks like. The members of a list are never null. */
export type Shape = ObjectShape | { readonly kind: 'leaf' } | { readonly kind: 'list'; readonly of: ObjectShape }
