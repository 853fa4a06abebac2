import { EngineRefusal } from '@tenantry/engines-contract'

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A JSON object with its integers exact: those that a number cannot hold are bigints. Throws EngineRefusal InvalidBody. */
export const readJson = (text: string): JsonObject => {
  let read: unknown
  try {
    read = JSON.parse(text, exactly)
  } catch (cause) {
    throw new EngineRefusal('InvalidBody', 'The body is no JSON.', { cause })
  }
  if (!isObject(read)) throw new EngineRefusal('InvalidBody', 'The body must be a JSON object.')
  return read
}

interface Context { readonly source?: string }

const exactly = (_key: string, value: unknown, context?: Context): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && context?.source !== undefined && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value

/** A number whose digits are already written. */
export class Written {
  constructor(readonly text: string) {}
}

/** JSON with bigints as the numbers that they are. */
export const printJson = (value: unknown): string => {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Written) return value.text
  if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value) ?? 'null'
  return `{${Object.entries(value).filter(([, one]) => one !== undefined).map(([key, one]) => `${JSON.stringify(key)}:${printJson(one)}`).join(',')}}`
}
