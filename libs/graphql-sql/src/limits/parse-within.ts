import { type DocumentNode, GraphQLError, parse } from 'graphql'
import { type DocumentLimits, limitError } from './limits.js'

const tooLong = /^Syntax Error: Document contains more tha[nt] \d+ tokens/

/** The document of a text. Reads no further than it may be long. Throws GraphQLError. */
export const parseWithin = (text: string, { tokens }: Pick<DocumentLimits, 'tokens'>): DocumentNode => {
  try {
    return parse(text, { maxTokens: tokens })
  } catch (error) {
    if (error instanceof GraphQLError && tooLong.test(error.message)) throw limitError('TooManyTokens', `The document has more than ${tokens} tokens; send values as variables, or several documents.`)
    throw error
  }
}
