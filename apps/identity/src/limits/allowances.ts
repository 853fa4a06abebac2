import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'

/** So many of something within a time; what was used comes back evenly over that time. */
export interface AllowanceRule {
  readonly scope: string
  readonly many: number
  readonly withinSeconds: number
}

/** How an allowance stands after it was asked for one. */
export interface Standing {
  /** 0 when one was given; otherwise how long it is until there is one again. */
  readonly waitMs: number
  readonly left: number
  /** How long it is until all of it is there again. */
  readonly wholeInMs: number
}

export interface Taker {
  readonly rule: AllowanceRule
  /** Who takes, as a digest: the table holds nobody's address. */
  readonly subject: Buffer
}

const eachMs = ({ many, withinSeconds }: AllowanceRule): number => 1000 * withinSeconds / many
/** A part of one is none. The clock has gone on since it was taken, so that what was used is a little less than whole ones. */
const leftOf = (rule: AllowanceRule, wholeInMs: number): number => Math.max(0, rule.many - Math.ceil(wholeInMs / eachMs(rule)))

const batch = 10_000
const most = 1_000_000

/**
 * Allowances that every process of the service draws on. A row says when its allowance is whole again, so that one statement
 * takes exactly as many as there are, however many processes ask at once, and a row that is whole can go.
 */
@Injectable()
export class Allowances {
  constructor(private readonly source: DataSource) {}

  /** Takes one, or says how long to wait and takes none. */
  async take({ rule, subject }: Taker): Promise<Standing> {
    const given = [rule.scope, subject, rule.withinSeconds / rule.many, rule.withinSeconds]
    const [taken]: { wholeInMs: number }[] = await this.source.query(
      `INSERT INTO allowances AS a (scope, subject, whole_at) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
       ON CONFLICT (scope, subject) DO UPDATE SET whole_at = greatest(a.whole_at, clock_timestamp()) + make_interval(secs => $3)
       WHERE greatest(a.whole_at, clock_timestamp()) + make_interval(secs => $3) <= clock_timestamp() + make_interval(secs => $4)
       RETURNING 1000 * extract(epoch FROM a.whole_at - clock_timestamp())::float8 AS "wholeInMs"`, given)
    if (taken) return { waitMs: 0, left: leftOf(rule, taken.wholeInMs), wholeInMs: taken.wholeInMs }
    const [row]: { waitMs: number }[] = await this.source.query(
      `SELECT 1000 * extract(epoch FROM whole_at - clock_timestamp())::float8 + 1000 * $3::float8 - 1000 * $4::float8 AS "waitMs" FROM allowances
       WHERE scope = $1 AND subject = $2`, given)
    const waitMs = Math.max(1, Math.ceil(row?.waitMs ?? 1))
    return { waitMs, left: 0, wholeInMs: waitMs + 1000 * rule.withinSeconds - eachMs(rule) }
  }

  async giveBack({ rule, subject }: Taker): Promise<void> {
    await this.source.query('UPDATE allowances SET whole_at = whole_at - make_interval(secs => $3) WHERE scope = $1 AND subject = $2',
      [rule.scope, subject, rule.withinSeconds / rule.many])
  }

  /** Forgets what is whole again, and of very many the ones that will be so first. */
  async clean(): Promise<void> {
    await this.source.query(
      `DELETE FROM allowances WHERE (scope, subject) IN (SELECT scope, subject FROM allowances WHERE whole_at <= greatest(clock_timestamp(),
         (SELECT whole_at FROM allowances ORDER BY whole_at DESC OFFSET $2 LIMIT 1)) ORDER BY whole_at LIMIT $1)`, [batch, most])
  }
}
