import { type Page, type PageAsk, isLineNumber, pageLimits, placeOf } from '@tenantry/contracts'
import { z } from 'zod'

/** `?next=` takes back what a list gave; `?limit=` is 1 to 1000. */
export const pageFields = {
  next: z.string().max(200).optional().describe('Where to go on: what the page before gave as its next.'),
  limit: z.coerce.number().int().min(1).max(pageLimits.max).default(pageLimits.default).describe('How many items a page may have.'),
}

type PageFields = { readonly next?: string | undefined; readonly limit: number }

/** The same of lines, which have numbers for ids. */
export const linesPageOf = ({ next, limit }: PageFields): PageAsk => ({ limit, ...(next && { after: placeOf(next, isLineNumber) }) })

export const pageQuery = z.object(pageFields).transform(({ next, limit }: PageFields): PageAsk => ({ limit, ...(next && { after: placeOf(next) }) }))
export const linesPageQuery = z.object(pageFields).transform(linesPageOf)

export const listOf = <S extends z.ZodType>(resource: S) => z.object({ next: z.string(), resources: z.array(resource) })

export const presentPage = <T, R>(page: Page<T>, present: (item: T) => R): { next: string; resources: R[] } =>
  ({ next: page.next ?? '', resources: page.items.map((item) => present(item)) })
