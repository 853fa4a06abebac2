import { createHash } from 'node:crypto'
import { type Principal, Problem, type ProblemData, canonical } from '@tenantry/contracts'
import { inBatches, send } from '@tenantry/persistence'
import type { Sealer } from '@tenantry/secrets'
import type { DataSource, EntityManager } from 'typeorm'

const keptHours = 24
const secretMinutes = 10
const batches = { together: 1000, most: 100 } as const

export const repeatsTable = `
  CREATE TABLE repeats (
    org_id uuid NOT NULL,
    caller_id uuid NOT NULL,
    key text NOT NULL,
    digest bytea NOT NULL,
    outcome text,
    sealed bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, caller_id, key)
  );
  CREATE INDEX repeats_created ON repeats (created_at);
  CREATE INDEX repeats_sealed ON repeats (created_at) WHERE sealed IS NOT NULL;
`

/** How a deed ended: with an answer, or with a refusal that it would be given again. */
export type Outcome = { readonly body?: unknown } | { readonly problem: ProblemData }

/** A request under its key. The key is the caller's own: another user, or another API key of the same one, has others. */
export interface KeyedRequest {
  readonly caller: Principal
  readonly key: string
  readonly digest: Buffer
  readonly showsSecret: boolean
}

/** The key of a request; undefined without one. Throws InvalidParameter. */
export const keyIn = (header: string | readonly string[] | undefined): string | undefined => {
  if (header === undefined) return undefined
  if (typeof header === 'string' && /^[!-~]{1,255}$/.test(header)) return header
  throw new Problem('InvalidParameter', 'Idempotency-Key must be 1 to 255 visible ASCII characters, sent once.')
}

/** The same for two requests that ask for the same. */
export const digestOf = (request: { readonly operation: string; readonly params: unknown; readonly query: unknown; readonly body: unknown }): Buffer =>
  createHash('sha256').update(canonical({ ...request, body: request.body ?? null })).digest()

interface Row { digest: Buffer; outcome: string | null; sealed: Buffer | null; shown: boolean }

/**
 * Takes the key for this transaction, or finds how it ended before. Throws RepeatInFlight while another one has it, RepeatDiffers when
 * it was for another request, RepeatOver when its answer showed a secret and may not be shown any more.
 */
export const takeKey = async (tx: EntityManager, request: KeyedRequest, sealer: Sealer | undefined): Promise<Outcome | undefined> => {
  const id = idOf(request)
  // Two statements: the second one must see what was committed before the lock was got.
  const [[lock], [row]]: [{ mine: boolean }[], Row[]] = await Promise.all([
    tx.query(`SELECT pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', 'repeat', current_schema(), $1::text, $2::text, $3::text), 0)) AS mine`, id),
    tx.query(
      `SELECT digest, outcome, sealed, created_at > now() - make_interval(mins => $5) AS shown FROM repeats
       WHERE org_id = $1 AND caller_id = $2 AND key = $3 AND created_at > now() - make_interval(hours => $4)`, [...id, keptHours, secretMinutes]),
  ])
  if (row) return earlier(row, request, sealer)
  if (lock?.mine) return undefined
  throw new Problem('RepeatInFlight', 'A request with this Idempotency-Key is being worked on; ask again shortly.', { retryAfterSeconds: 1 })
}

/** Remembers how it ended, in the transaction that took the key. */
export const keepOutcome = (tx: EntityManager, request: KeyedRequest, outcome: Outcome, sealer: Sealer | undefined): void => {
  const text = JSON.stringify(outcome)
  const secret = request.showsSecret && !('problem' in outcome)
  send(tx,
    `INSERT INTO repeats (org_id, caller_id, key, digest, outcome, sealed) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (org_id, caller_id, key) DO UPDATE SET digest = EXCLUDED.digest, outcome = EXCLUDED.outcome, sealed = EXCLUDED.sealed, created_at = now()`,
    [...idOf(request), request.digest, secret ? null : text, secret ? needed(sealer).seal(text, placeOf(request)) : null])
}

const earlier = (row: Row, request: KeyedRequest, sealer: Sealer | undefined): Outcome => {
  if (!row.digest.equals(request.digest)) {
    throw new Problem('RepeatDiffers', 'This Idempotency-Key was sent with another request before; draw a new key for each new request.')
  }
  // What was written as an outcome is read as one.
  if (row.outcome !== null) return JSON.parse(row.outcome) as Outcome
  if (row.sealed && row.shown) return JSON.parse(needed(sealer).open(row.sealed, placeOf(request)).toString()) as Outcome
  throw new Problem('RepeatOver', `This was done before, and its answer held a secret that is shown again for ${secretMinutes} minutes only; make another one if it is lost.`)
}

/** Forgets what is older than a day, and secrets after their minutes; some rows a statement, so that each stays short. */
export const forgetRepeats = async (source: DataSource): Promise<void> => {
  const old = (column: string): string => `SELECT org_id, caller_id, key FROM repeats WHERE ${column} ORDER BY created_at LIMIT $2`
  await inBatches(source, `UPDATE repeats SET sealed = NULL WHERE (org_id, caller_id, key) IN (${old('sealed IS NOT NULL AND created_at <= now() - make_interval(mins => $1)')})`, secretMinutes, batches)
  await inBatches(source, `DELETE FROM repeats WHERE (org_id, caller_id, key) IN (${old('created_at <= now() - make_interval(hours => $1)')})`, keptHours, batches)
}

const idOf = ({ caller, key }: KeyedRequest): readonly [string, string, string] =>
  [caller.orgId, caller.credential.kind === 'key' ? caller.credential.id : caller.userId, key]

const placeOf = (request: KeyedRequest): string => `repeats/sealed/${idOf(request).join('/')}`

const needed = (sealer: Sealer | undefined): Sealer => {
  if (!sealer) throw new Error('An answer with a secret is kept sealed, and this service has no sealer.')
  return sealer
}
