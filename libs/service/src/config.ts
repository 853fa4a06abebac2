import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Exit } from './exit.js'

export type Environment = Readonly<Record<string, string | undefined>>

// An empty variable is an absent one: compose and Kubernetes write both the same way.
const withFiles = (env: Environment, names: readonly string[]): Record<string, string> => {
  const read: Record<string, string> = {}
  for (const name of names) {
    const [value, file] = [env[name], env[`${name}_FILE`]]
    if (value) read[name] = value
    else if (file) read[name] = readSecret(`${name}_FILE`, file)
  }
  return read
}

const namesIn = (schema: z.ZodType): readonly string[] => {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  if (schema instanceof z.ZodPipe) return namesIn(schema.in as z.ZodType)
  throw new Error('A configuration is described by an object of variables.')
}

const readSecret = (name: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new Exit(`${name} names the file ${path}, which cannot be read.`, undefined, error)
  }
}

/**
 * Reads a service's configuration from variables; `NAME_FILE` stands for `NAME` with the file's content.
 * Throws Exit (78) with one line for every wrong value.
 */
export const parseConfig = <S extends z.ZodType>(schema: S, env: Environment): Readonly<z.infer<S>> => {
  const parsed = schema.safeParse(withFiles(env, namesIn(schema)))
  if (parsed.success) return Object.freeze(parsed.data) as Readonly<z.infer<S>>
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'configuration'}: ${issue.message}`)
  throw new Exit(`The configuration is wrong:\n${lines.join('\n')}`)
}

/** Kinds of values that variables hold. */
export const variable = {
  port: (otherwise: number) => z.coerce.number().int().min(0).max(65535).default(otherwise),
  positive: (otherwise: number) => z.coerce.number().int().positive().default(otherwise),
  count: (otherwise: number) => z.coerce.number().int().min(0).default(otherwise),
  flag: () => z.enum(['0', '1', 'true', 'false']).default('0').transform((text) => text === '1' || text === 'true'),
  secret: () => z.string().min(16, 'at least 16 characters'),
  logLevel: () => z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
} as const
