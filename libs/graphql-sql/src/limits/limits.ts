import { GraphQLError, type GraphQLErrorOptions } from 'graphql'

/** What a document may ask for. It is looked at before anything of it is validated or run. */
export interface DocumentLimits {
  /** Names, numbers, brackets and signs of the text. */
  readonly tokens: number
  /** How deep fields stand inside each other. */
  readonly depth: number
  readonly aliases: number
  /** Fields at the root of the operation, each of which is a statement. */
  readonly rootFields: number
  readonly directives: number
  /** A field costs 1, one with fields inside 2, and what is inside half as much again as outside. */
  readonly cost: number
  /** The `limit`s of lists inside of lists, multiplied. */
  readonly rows: number
}

/** Why a document is not run at all, for programs. */
export type LimitCode = 'TooManyTokens' | 'TooDeep' | 'TooManyAliases' | 'TooManyRootFields' | 'TooManyDirectives' | 'TooCostly' | 'TooManyRows'

export const limitError = (code: LimitCode, message: string, at: Pick<GraphQLErrorOptions, 'nodes' | 'source' | 'positions'> = {}): GraphQLError =>
  new GraphQLError(message, { ...at, extensions: { code } })
