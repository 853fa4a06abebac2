import { GraphQLError, Kind, validate, type DocumentNode, type OperationDefinitionNode } from 'graphql'
import type { Catalogue } from './catalogue.js'
import type { Dialect } from './dialect.js'
import { checkLimits } from './limits/check-limits.js'
import type { DocumentLimits } from './limits/limits.js'
import { fragmentsOf } from './limits/measure.js'
import { parseWithin } from './limits/parse-within.js'
import { type Prepared, PreparedOperation, unfit } from './prepared.js'
import type { ApiAccess } from './schema/roots.js'
import { rules } from './schema/rules.js'
import { TenantSchema } from './schema/schema.js'

export interface ApiOptions {
  readonly dialect: Dialect
  readonly access: ApiAccess
  readonly limits: DocumentLimits
}

const mostErrors = 20

/** The GraphQL API of one database, as it was when its catalogue was read. */
export interface GraphqlApi {
  /** Reads, checks and plans a document. It never throws for what the document does wrong: then that is what running it answers. */
  prepare(text: string, operationName?: string): Prepared
}

export const apiOf = (catalogue: Catalogue, { dialect, access, limits }: ApiOptions): GraphqlApi => {
  const schema = new TenantSchema(catalogue, access)
  const prepare = (text: string, operationName: string | undefined): Prepared => {
    const whole = parseWithin(text, limits)
    const operation = operationOf(whole, operationName)
    const checkValues = checkLimits(whole, operation, limits)
    const errors = validate(schema, whole, rules, { maxErrors: mostErrors, hideSuggestions: true })
    if (errors.length > 0) return unfit(errors)
    return new PreparedOperation({ schema, dialect, fragments: fragmentsOf(whole), operation, checkValues }, whole, access.startsWith('read'))
  }
  return {
    prepare: (text, operationName) => {
      try {
        return prepare(text, operationName)
      } catch (error) {
        if (error instanceof GraphQLError) return unfit([error])
        throw error
      }
    },
  }
}

const operationOf = ({ definitions }: DocumentNode, name: string | undefined): OperationDefinitionNode => {
  const operations = definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION)
  const found = name === undefined ? operations : operations.filter((each) => each.name?.value === name)
  const [only, ...others] = found
  if (!only) throw new GraphQLError(name === undefined ? 'The document holds no operation.' : `Unknown operation named "${name}".`)
  if (others.length > 0) throw new GraphQLError('Must provide operation name if query contains multiple operations.')
  return only
}
