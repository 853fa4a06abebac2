import { parseSync } from '@swc/core'

const isObject = (value) => typeof value === 'object' && value !== null

const visit = (node, see) => {
  if (Array.isArray(node)) {
    for (const one of node) visit(one, see)
  } else if (isObject(node)) {
    see(node)
    for (const value of Object.values(node)) if (isObject(value)) visit(value, see)
  }
}

/** The names that are taken as values; '*' for a whole module. */
const valuesOf = (node) => {
  if (node.typeOnly) return []
  if (!node.specifiers) return ['*']
  return node.specifiers.filter((one) => one.isTypeOnly !== true).map((one) => (one.imported ?? one.orig ?? one.local)?.value ?? '*')
}

const parse = (text) => parseSync(text, { syntax: 'typescript', decorators: true, target: 'es2024' })

/** Every module that a source text names, wherever it stands: `{ from, values }`. */
export const importsOf = (text) => {
  const found = []
  visit(parse(text).body, (node) => {
    if (['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'].includes(node.type) && node.source) {
      found.push({ from: node.source.value, values: valuesOf(node) })
    } else if (node.type === 'CallExpression' && node.callee.type === 'Import' && node.arguments[0]?.expression.type === 'StringLiteral') {
      found.push({ from: node.arguments[0].expression.value, values: ['*'] })
    } else if (node.type === 'TsImportType') found.push({ from: node.argument.value, values: [] })
  })
  return found
}

const mounts = ['mountRaw', 'mountStreaming']

/** The names that a source text gives to what mounts a raw route as the operation. */
export const rawMountsOf = (text) => {
  const found = []
  visit(parse(text).body, (node) => {
    if (node.type === 'CallExpression' && mounts.includes(node.callee.value)) found.push(node.arguments[1]?.expression.value ?? '?')
  })
  return found
}
