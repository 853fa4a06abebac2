import { Problem, type ProblemCode, problemKinds, statusOfKind } from '@tenantry/contracts'
import { z } from 'zod'
import { operation } from './operation.js'
import { wireCode } from './problems.js'

export const limitSchema = z.object({
  name: z.string(),
  value: z.int(),
  used: z.int().optional(),
  unit: z.string(),
  description: z.string(),
  exceeded: z.object({ effect: z.enum(['refused', 'closed', 'waits']), status: z.int().optional(), code: z.string().optional() }),
})

/** Past some limits a document is not run; its clients are told so in an answer, by a code of GraphQL's. */
export interface ToldInErrors {
  readonly errors: string
}

/** A limit that a caller can meet. What is not refused waits for its turn, or loses its connection. */
export interface LimitView {
  readonly name: string
  readonly value: number
  /** How much of it the caller's org has used, where that is counted. */
  readonly used?: number
  readonly unit: string
  readonly description: string
  readonly exceeded: ProblemCode | 'closed' | 'waits' | ToldInErrors
}

const presentExceeded = (exceeded: LimitView['exceeded']): z.infer<typeof limitSchema>['exceeded'] => {
  if (exceeded === 'closed' || exceeded === 'waits') return { effect: exceeded }
  if (typeof exceeded === 'object') return { effect: 'refused', status: 200, code: exceeded.errors }
  return { effect: 'refused', status: statusOfKind[problemKinds[exceeded]], code: wireCode(new Problem(exceeded, '')) }
}

export const presentLimit = ({ name, value, used, unit, description, exceeded }: LimitView): z.infer<typeof limitSchema> =>
  ({ name, value, ...(used !== undefined && { used }), unit, description, exceeded: presentExceeded(exceeded) })

export const listLimits = operation({
  id: 'listLimits', method: 'GET', path: '/v2/limits', tag: 'Limits', summary: 'List the limits of this installation', permission: 'caller',
  success: { status: 200, description: 'Every limit that a caller can meet, with what happens past it.', schema: z.object({ limits: z.array(limitSchema) }) },
  problems: ['OrgNotFound'],
  examples: {
    answer: { limits: [{
      name: 'answer_rows', value: 100_000, unit: 'rows', description: 'The answer to one statement.', exceeded: { effect: 'refused', status: 422, code: 'AnswerTooLarge' },
    }] },
  },
})
