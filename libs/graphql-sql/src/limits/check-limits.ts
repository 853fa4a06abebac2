import { type DocumentNode, type OperationDefinitionNode, visit } from 'graphql'
import { type DocumentLimits, limitError } from './limits.js'
import { fragmentsOf, measureOf } from './measure.js'
import { pagesOf } from './rows.js'

/** What is left to look at when the values are known. Throws GraphQLError. */
export type CheckValues = (variables: Readonly<Record<string, unknown>>) => void

const nothingToCheck: CheckValues = () => undefined

/** Looks at an operation of a document that nobody has validated. Throws GraphQLError with the code of the limit that it passes. */
export const checkLimits = (document: DocumentNode, operation: OperationDefinitionNode, limits: DocumentLimits): CheckValues => {
  checkDirectives(document, limits)
  const fragments = fragmentsOf(document)
  checkShape(operation, measureOf(operation.selectionSet, fragments), limits)
  const { most, open } = pagesOf(operation, fragments, undefined)
  checkRows(operation, most, limits)
  return open ? (variables) => checkRows(operation, pagesOf(operation, fragments, variables).most, limits) : nothingToCheck
}

const checkDirectives = (document: DocumentNode, { directives }: DocumentLimits): void => {
  let seen = 0
  visit(document, { Directive: () => { seen += 1 } })
  if (seen > directives) throw limitError('TooManyDirectives', `The document has ${seen} directives; ${directives} are allowed.`)
}

const checkShape = (operation: OperationDefinitionNode, measure: ReturnType<typeof measureOf>, limits: DocumentLimits): void => {
  const at = { nodes: operation }
  if (measure.fields > limits.rootFields) throw limitError('TooManyRootFields', `The operation has ${measure.fields} fields at its root; ${limits.rootFields} are allowed. Send several requests.`, at)
  if (measure.depth > limits.depth) throw limitError('TooDeep', `The operation is ${measure.depth} levels deep; ${limits.depth} are allowed.`, at)
  if (measure.aliases > limits.aliases) throw limitError('TooManyAliases', `The operation has ${measure.aliases} aliases; ${limits.aliases} are allowed.`, at)
  if (measure.cost > limits.cost) throw limitError('TooCostly', `The operation costs ${Math.ceil(measure.cost)}; ${limits.cost} is allowed. Ask for fewer fields, or less deep.`, at)
}

const checkRows = (operation: OperationDefinitionNode, most: number, { rows }: DocumentLimits): void => {
  if (most > rows) throw limitError('TooManyRows', `The limits of the operation come to ${most} rows; ${rows} are allowed. Ask for smaller pages.`, { nodes: operation })
}
