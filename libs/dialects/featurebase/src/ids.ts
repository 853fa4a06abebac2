import { DatabaseIdSchema, OrgIdSchema, Problem, type ProblemCode, UserIdSchema } from '@tenantry/contracts'
import { z } from 'zod'

// An id that cannot be one is either the 404 of an unknown id or, where the document lists it, a 422.
const idParameter = <S extends z.ZodType>(schema: S, code: ProblemCode, message: string) =>
  z.string().meta({ format: 'uuid' }).transform((text, context): z.infer<S> => {
    const parsed = schema.safeParse(text)
    if (parsed.success) return parsed.data
    context.addIssue({ code: 'custom', params: { problem: new Problem(code, message) } })
    return z.NEVER
  })

const notUuid = 'The id in the path is not a UUID.'

export const databaseMissing = 'There is no such database.'
export const userMissing = 'There is no such user.'
export const orgMissing = 'There is no such org.'

export const knownDatabase = z.object({ database_id: idParameter(DatabaseIdSchema, 'DatabaseNotFound', databaseMissing) })
export const strictDatabase = z.object({ database_id: idParameter(DatabaseIdSchema, 'InvalidId', notUuid) })
export const knownUser = z.object({ id: idParameter(UserIdSchema, 'UserNotFound', userMissing) })
export const strictUser = z.object({ id: idParameter(UserIdSchema, 'InvalidId', notUuid) })
export const strictOrg = z.object({ id: idParameter(OrgIdSchema, 'InvalidId', notUuid) })
export { idParameter, notUuid }
