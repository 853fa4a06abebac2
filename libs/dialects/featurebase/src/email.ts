import { Problem, readEmail } from '@tenantry/contracts'
import { z } from 'zod'

/** An address as its owner writes it. */
export const emailSchema = z.string().max(1024).meta({ format: 'email' }).transform((text, context) => {
  try {
    return readEmail(text)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    context.addIssue({ code: 'custom', params: { problem: error } })
    return z.NEVER
  }
})
