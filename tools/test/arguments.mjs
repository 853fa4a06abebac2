import { parseArgs } from 'node:util'
import { stages } from './stages.mjs'

export const usage = `node tools/test.mjs [--only ${stages.map(({ name }) => name).join(',')}] [--long]`

/** Reads the command line; throws an Error with one sentence for whoever typed it. */
export const readArguments = (args) => {
  const { values } = parseArgs({ args, options: { only: { type: 'string' }, long: { type: 'boolean', default: false } } })
  const wanted = values.only?.split(',')
  const unknown = wanted?.filter((name) => !stages.some((stage) => stage.name === name)) ?? []
  if (unknown.length > 0) throw new Error(`There is no stage named ${unknown.join(' or ')}: ${usage}`)
  return { long: values.long, chosen: wanted ? stages.filter(({ name }) => wanted.includes(name)) : stages }
}
