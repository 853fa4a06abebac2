import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'

export interface GuessFigures {
  /** How many may fail before the waiting begins. */
  readonly free: number
  readonly firstWaitSeconds: number
}

const longestWaitSeconds = 15 * 60
/** After this time without an outcome, whoever was to tell it is gone: the guess then counts as failed. */
const lapseSeconds = 30
/** How long a few failures are remembered, and how long many. */
const fewKeptSeconds = 60 * 60
const manyKeptSeconds = 24 * 60 * 60
const batch = 10_000
const most = 1_000_000

const forgotten = 'g.forgotten_at <= clock_timestamp()'
const lapsed = 'g.lapses_at <= clock_timestamp()'
const failures = `(CASE WHEN ${forgotten} THEN 0 WHEN ${lapsed} THEN g.failed + g.pending ELSE g.failed END)`
const underWay = `(CASE WHEN ${forgotten} OR ${lapsed} THEN 0 ELSE g.pending END)`

/** Digests of a name, and of it at the place that a guess comes from. A familiar place has a count of its own, all others share the name's. */
export interface GuessedAt {
  readonly place: Buffer
  readonly name: Buffer
}

/** Whose count it is: the place's, or the name's. */
const subjectOf = (place: string, name: string): string => `(CASE WHEN EXISTS (SELECT FROM familiar_places WHERE place = ${place}::bytea) THEN ${place}::bytea ELSE ${name}::bytea END)`

/** One row a subject, changed by single statements: its lock makes parallel guesses exact. The clock is Postgres' own. */
@Injectable()
export class GuessesRepository {
  constructor(private readonly source: DataSource) {}

  /** Counts a guess that is about to be looked at; answers whose count it was, undefined when it may not be. */
  async reserve({ place, name }: GuessedAt, { free }: GuessFigures): Promise<Buffer | undefined> {
    const [reserved]: { subject: Buffer }[] = await this.source.query(
      `INSERT INTO guesses AS g (subject, failed, pending, lapses_at, waits_until, forgotten_at, name)
       VALUES (${subjectOf('$1', '$5')}, 0, 1, clock_timestamp() + make_interval(secs => $3), clock_timestamp(), clock_timestamp() + make_interval(secs => $4), $5)
       ON CONFLICT (subject) DO UPDATE SET name = EXCLUDED.name, failed = ${failures}, pending = ${underWay} + 1, lapses_at = EXCLUDED.lapses_at,
         forgotten_at = greatest(g.forgotten_at, EXCLUDED.forgotten_at)
       WHERE ${failures} + ${underWay} < $2 OR (${underWay} = 0 AND g.waits_until <= clock_timestamp())
       RETURNING subject`, [place, free, lapseSeconds, fewKeptSeconds, name])
    return reserved?.subject
  }

  /** Milliseconds until the next guess may be made; 0 when that depends on guesses under way. */
  async waitMs({ place, name }: GuessedAt, { free }: GuessFigures): Promise<number> {
    const [row]: { waitMs: number }[] = await this.source.query(
      `SELECT CASE WHEN ${failures} < $2 THEN 0 ELSE 1000 * extract(epoch FROM g.waits_until - clock_timestamp())::float8 END AS "waitMs"
       FROM guesses g WHERE g.subject = ${subjectOf('$1', '$3')}`, [place, free, name])
    return Math.max(0, Math.ceil(row?.waitMs ?? 0))
  }

  async failed(subject: Buffer, name: Buffer, { free, firstWaitSeconds }: GuessFigures): Promise<void> {
    await this.source.query(
      `INSERT INTO guesses AS g (subject, failed, pending, lapses_at, waits_until, forgotten_at, name)
       VALUES ($1, 1, 0, clock_timestamp(), clock_timestamp(), clock_timestamp() + make_interval(secs => $4), $7)
       ON CONFLICT (subject) DO UPDATE SET failed = g.failed + 1, pending = greatest(0, g.pending - 1),
         waits_until = CASE WHEN g.failed + 1 < $2 THEN g.waits_until
           ELSE clock_timestamp() + make_interval(secs => least($6, $3::float8 * 2 ^ least(g.failed + 1 - $2, 20))) END,
         forgotten_at = clock_timestamp() + make_interval(secs => CASE WHEN g.failed + 1 < $2 THEN $4::float8 ELSE $5 END)`,
      [subject, free, firstWaitSeconds, fewKeptSeconds, manyKeptSeconds, longestWaitSeconds, name])
  }

  async succeeded(subject: Buffer): Promise<void> {
    await this.source.query('UPDATE guesses SET failed = 0, pending = greatest(0, pending - 1), waits_until = clock_timestamp() WHERE subject = $1', [subject])
  }

  async undone(subject: Buffer): Promise<void> {
    await this.source.query('UPDATE guesses SET pending = greatest(0, pending - 1) WHERE subject = $1', [subject])
  }

  /** Until when somebody has to wait somewhere, for those of the names where it is so. */
  async waits(names: readonly Buffer[], { free }: GuessFigures): Promise<readonly { readonly name: Buffer; readonly until: Date }[]> {
    return await this.source.query(
      `SELECT name, max(waits_until) AS until FROM guesses g WHERE name = ANY($1) AND ${failures} >= $2 AND waits_until > clock_timestamp() GROUP BY name`, [names, free])
  }

  /** Forgets every wrong password of a name. */
  async forget(tx: EntityManager, name: Buffer): Promise<void> {
    await tx.query('DELETE FROM guesses WHERE name = $1 OR subject = $1', [name])
  }

  /** Forgets what has lost its meaning, and of very many the ones that would lose it first. */
  async clean(): Promise<void> {
    await this.source.query(
      `DELETE FROM guesses WHERE subject IN (SELECT subject FROM guesses WHERE forgotten_at <= greatest(clock_timestamp(),
         (SELECT forgotten_at FROM guesses ORDER BY forgotten_at DESC OFFSET $2 LIMIT 1)) ORDER BY forgotten_at LIMIT $1)`, [batch, most])
  }
}
