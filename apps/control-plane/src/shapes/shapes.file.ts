import { EngineNameSchema, embeddedEngineNames } from '@tenantry/contracts'
import { z } from 'zod'
import { type OfferedShape, ownShapes, usualShape } from './catalogue.js'

const mebibyte = 1024 * 1024
const most = 500

const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9._:-]{0,99}$/i, 'must have 1 to 100 letters, digits or any of . _ : - and begin with a letter or a digit')
const wordsSchema = z.string().trim().min(1).max(200)

const entrySchema = z.strictObject({
  name: nameSchema,
  engine: EngineNameSchema,
  disk_bytes: z.int().min(mebibyte).max(1024 ** 5),
  display_name: wordsSchema.optional(),
  vendor: wordsSchema.optional(),
  region: wordsSchema.optional(),
  placement: wordsSchema.optional(),
})

const fileSchema = z.strictObject({ shapes: z.array(entrySchema).max(most).default([]), hidden: z.array(z.string()).max(most).default([]) })

const isEmbedded = (engine: string): boolean => (embeddedEngineNames as readonly string[]).includes(engine)

const offeredOf = ({ name, engine, ...about }: z.infer<typeof entrySchema>): OfferedShape => ({
  name, engine,
  displayName: about.display_name ?? name,
  vendor: about.vendor ?? 'Tenantry',
  region: about.region ?? 'local',
  node: about.placement ?? (isEmbedded(engine) ? 'local' : 'any'),
  storageBytes: about.disk_bytes,
})

/** What is wrong with a file whose every value is right by itself, in words. */
const faultsOf = ({ shapes, hidden }: z.infer<typeof fileSchema>): readonly string[] => {
  const names = shapes.map(({ name }) => name)
  const own = new Map(ownShapes.map((shape) => [shape.name, shape]))
  return [
    ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `the shape ${name} is described twice`),
    ...shapes.filter(({ name, engine }) => own.has(name) && own.get(name)?.engine !== engine).map(({ name }) => `${name} is a shape of another engine already; choose another name`),
    ...shapes.filter(({ engine, placement }) => isEmbedded(engine) && (placement ?? 'local') !== 'local').map(({ name }) => `${name} lives in the engine host, so its placement can only be local`),
    ...hidden.filter((name) => !own.has(name)).map((name) => `hidden names ${name}, which is no shape that comes with an installation`),
    ...hidden.filter((name) => names.includes(name)).map((name) => `${name} is both described and hidden`),
    ...hidden.filter((name) => name === usualShape).map((name) => `${name} cannot be hidden: it is what a database gets that names no shape`),
  ]
}

const parsed = (text: string, complain: (words: string) => void): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    complain('is no JSON')
    return undefined
  }
}

/** The shapes that are offered where an operator has written a file like this one; `complain` is told what is wrong with it. */
export const shapesOf = (text: string | undefined, complain: (words: string) => void): readonly OfferedShape[] => {
  if (text === undefined) return ownShapes
  const read = parsed(text, complain)
  const file = fileSchema.safeParse(read === undefined ? {} : read)
  if (!file.success) {
    for (const { path, message } of file.error.issues) complain(`${path.length === 0 ? '' : `${path.join('.')}: `}${message}`)
    return ownShapes
  }
  for (const fault of faultsOf(file.data)) complain(fault)
  const described = file.data.shapes.map(offeredOf)
  const kept = ownShapes.filter(({ name }) => !file.data.hidden.includes(name) && !described.some((shape) => shape.name === name))
  return [...kept, ...described]
}
