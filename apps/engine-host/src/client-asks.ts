import { DatabaseIdSchema, EmbeddedEngineNameSchema } from '@tenantry/contracts'
import { lifecycleCalls } from '@tenantry/engines-contract'
import { z } from 'zod'

const count = z.number().int().nonnegative()

/** The fields of every message about one database. */
export const placed = { id: count, database: DatabaseIdSchema, generation: z.number().int().positive(), engine: EmbeddedEngineNameSchema, storageBytes: count } as const

/** Those of a message for which the database is given to a child. */
export const placing = { ...placed, org: z.string().max(100).optional() } as const

export const HelloSchema = z.object({ type: z.literal('hello'), version: z.number(), secret: z.string().optional() })

export const AskSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('where'), ...placing }),
  z.object({ type: z.literal(lifecycleCalls), ...placed }),
  z.object({ type: z.literal('measure'), ...placed }),
  z.object({ type: z.literal('list'), id: count, after: z.string(), limit: z.number().int().min(1).max(1000) }),
  z.object({ type: z.literal('cancel'), run: count }),
])
/** What a client may ask of the host once it has been greeted. */
export type ClientAsk = z.infer<typeof AskSchema>
