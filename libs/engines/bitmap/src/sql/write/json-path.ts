import { rejected } from '../rejected.js'
import { Written } from '../../store/json.js'

const step = /\.([\p{L}_$][\p{L}\p{N}_$-]*)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/uy

/** Reads `$.a.b[0]['c']` out of a row of JSON, or `a.b`, which is the same; undefined where there is nothing at the path. Throws EngineRefusal for another. */
export const pathReader = (written: string): ((row: unknown) => unknown) => {
  const steps: (string | number)[] = []
  const path = written.startsWith('$') ? written : `$.${written}`
  for (let at = 1; at < path.length; at = step.lastIndex) {
    step.lastIndex = at
    const found = step.exec(path)
    if (!found) return rejected(`[0:0] the path '${written}' cannot be read; write it as $.name or $['name'][0]`)
    const [, name, index, quoted, doubled] = found
    steps.push(index === undefined ? name ?? quoted ?? doubled ?? '' : Number(index))
  }
  return (row) => steps.reduce((found: unknown, next) => {
    if (typeof found !== 'object' || found === null || found instanceof Written) return undefined
    return Object.hasOwn(found, next) ? (found as Record<string | number, unknown>)[next] : undefined
  }, row)
}
