import { GraphQLError, VariablesInAllowedPositionRule, specifiedRules, typeFromAST, type ASTVisitor, type ValidationContext, type VariableDefinitionNode } from 'graphql'

const lax = (type: unknown): string => String(type).replaceAll('!', '')

/**
 * A variable may stand where its type is wanted, whatever either says of null: `[todos_insert_input]` for `[todos_insert_input!]!`, as a widely
 * copied example has it. A null that is not wanted is found when the value is there.
 */
const LaxVariablesRule = (context: ValidationContext): ASTVisitor => {
  let definitions = new Map<string, VariableDefinitionNode>()
  return {
    OperationDefinition: {
      enter: ({ variableDefinitions }) => {
        definitions = new Map((variableDefinitions ?? []).map((each) => [each.variable.name.value, each]))
      },
      leave: (operation) => {
        for (const { node, type } of context.getRecursiveVariableUsages(operation)) {
          const definition = definitions.get(node.name.value)
          const given = definition && typeFromAST(context.getSchema(), definition.type)
          if (!given || !type || lax(given) === lax(type)) continue
          context.reportError(new GraphQLError(`Variable "$${node.name.value}" of type "${String(given)}" used in position expecting type "${String(type)}".`, { nodes: [definition, node] }))
        }
      },
    },
  }
}

export const rules = specifiedRules.map((rule) => rule === VariablesInAllowedPositionRule ? LaxVariablesRule : rule)
