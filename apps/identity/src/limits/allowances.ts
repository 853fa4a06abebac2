import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'

/** So many of something within a time; what was used comes back evenly over that time. */
export interface AllowanceRule {
  readonly scope: string
  readonly many: number
  readonly withinSeconds: number
}

export interface Taker {
  readonly rule: AllowanceRule
  /** Who takes, as a digest: the table holds nobody's address. */
  readonly subject: Buffer
}

const batch = 10_000
const most = 1_000_000

/**
 * Allowances that every process of the service draws on. A row says when its allowance is whole again, so that one statement
 * takes exactly as many as there are, however many processes ask at once, and a row that is whole can go.
 */
@Injectable()
export class Allowances {
  constructor(private readonly source: DataSource) {}

  /** Takes one. Answers 0, or how many milliseconds it is until there is one again. */
  async take({ rule, subject }: Taker): Promise<number> {
    const given = [rule.scope, subject, rule.withinSeconds / rule.many, rule.withinSeconds]
    const taken: unknown[] = await this.source.query(
      `INSERT INTO allowances AS a (scope, subject, whole_at) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
       ON CONFLICT (scope, subject) DO UPDATE SET whole_at = greatest(a.whole_at, clock_timestamp()) + make_interval(secs => $3)
       WHERE greatest(a.whole_at, clock_timestamp()) + make_interval(secs => $3) <= clock_timestamp() + make_interval(secs => $4)
       RETURNING 1`, given)
    if (taken.length > 0) return 0
    const [row]: { waitMs: number }[] = await this.source.query(
      `SELECT 1000 * extract(epoch FROM whole_at - clock_timestamp())::float8 + 1000 * $3::float8 - 1000 * $4::float8 AS "waitMs" FROM allowances
       WHERE scope = $1 AND subject = $2`, given)
    return Math.max(1, Math.ceil(row?.waitMs ?? 1))
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
