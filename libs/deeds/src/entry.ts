import { callerAddress, shownFrom } from '@tenantry/auth'
import { type AuditEntry, type Deed, type ObjectKind, type Principal, isUuid } from '@tenantry/contracts'
import type { FastifyRequest } from 'fastify'
import type { EntityManager } from 'typeorm'

/** How an object's record is read to be compared. */
export interface ObjectRecord {
  /** Reads the hash of the record as one column `hash`, or no row, where $1 is the org and $2 what names the object. */
  readonly hashSql: string
  /** Whether a text can name one at all: what the path says has not been checked yet. */
  readonly isName: (text: string) => boolean
}

export type Records = Readonly<Partial<Record<ObjectKind, ObjectRecord>>>

const hashSqlOf = (sql: string): string => `SELECT encode(sha256(convert_to(o.record::text, 'UTF8')), 'hex') AS hash FROM (${sql}) o`

/**
 * `sql` reads the record as one column `record` (jsonb), by the same $1 and $2. It MUST leave out secrets, and what moves by itself, so
 * that a line's `before` is the `after` of the last one about the object.
 */
export const recordById = (sql: string): ObjectRecord => ({ hashSql: hashSqlOf(sql), isName: isUuid })
export const recordByName = (sql: string): ObjectRecord => ({ hashSql: hashSqlOf(sql), isName: (text) => !/[\p{Cc}\p{Cs}]/u.test(text) })

/** An object whose record can be read. */
export interface ObjectAt extends Pick<ObjectRecord, 'hashSql'> {
  readonly org: string
  readonly name: string
}

/** Undefined where nothing can have that name, or where objects of the kind have no record here. */
export const objectAt = (records: Records, kind: ObjectKind, org: string, name: string | null): ObjectAt | undefined => {
  const record = records[kind]
  if (!record || name === null || !record.isName(name)) return undefined
  return { hashSql: record.hashSql, org, name }
}

/** The hash of an object's record as it is now; null where there is none. */
export const hashOf = async (tx: EntityManager, object: ObjectAt | undefined): Promise<string | null> => {
  if (!object) return null
  const rows: { hash: string }[] = await tx.query(object.hashSql, [object.org, object.name])
  return rows[0]?.hash ?? null
}

/** The object that the path names; null where it names none. */
export const namedObject = ({ param }: Deed, request: FastifyRequest): string | null => {
  const name = fieldOf(request.params, param)
  return name !== null && isUuid(name.toLowerCase()) ? name.toLowerCase() : name
}

/** The object of a deed that is done: named by the path, or made just now, or the caller's own. */
export const objectOf = (deed: Deed, named: string | null, answer: unknown, caller: Principal): string | null => {
  if (named !== null) return named
  if (deed.own) return deed.object === 'session' ? caller.credential.id : caller.userId
  return fieldOf(answer, deed.made ?? 'id')
}

const fieldOf = (value: unknown, name: string | undefined): string | null => {
  if (typeof value !== 'object' || value === null || name === undefined) return null
  const field = (value as Readonly<Record<string, unknown>>)[name]
  return typeof field === 'string' ? field : null
}

/** A deed that is done, before anybody has looked at what it left. */
export type DoneDeed = Omit<AuditEntry, 'after_hash'>

export const entryOf = (caller: Principal, action: string, request: FastifyRequest, object: Pick<AuditEntry, 'object_kind' | 'object_id' | 'before_hash'>): DoneDeed => ({
  org_id: caller.orgId,
  actor_id: caller.userId,
  credential_kind: caller.credential.kind,
  credential_id: caller.credential.id,
  action,
  ...object,
  address: callerAddress(shownFrom(request.raw)),
  request_id: request.id,
  at: new Date().toISOString(),
})
