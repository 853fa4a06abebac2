import { randomUUID } from 'node:crypto'
import { z } from 'zod'

// A brand keeps one noun's id from being passed where another's is asked for; at run time each is a UUID text in lower case.
const uuidOf = <B extends string>() => z.uuid().transform((text) => text.toLowerCase()).brand<B>()

export const OrgIdSchema = uuidOf<'OrgId'>()
export const UserIdSchema = uuidOf<'UserId'>()
export const DatabaseIdSchema = uuidOf<'DatabaseId'>()
export const KeyIdSchema = uuidOf<'KeyId'>()
export const SessionIdSchema = uuidOf<'SessionId'>()
export const RoleIdSchema = uuidOf<'RoleId'>()
export const InviteIdSchema = uuidOf<'InviteId'>()
export const CredentialIdSchema = uuidOf<'CredentialId'>()

export type OrgId = z.infer<typeof OrgIdSchema>
export type UserId = z.infer<typeof UserIdSchema>
export type DatabaseId = z.infer<typeof DatabaseIdSchema>
export type KeyId = z.infer<typeof KeyIdSchema>
export type SessionId = z.infer<typeof SessionIdSchema>
export type RoleId = z.infer<typeof RoleIdSchema>
export type InviteId = z.infer<typeof InviteIdSchema>
export type CredentialId = z.infer<typeof CredentialIdSchema>

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Whether a text is an id as we spell it: a UUID in lower case. The schemas also take what others write. */
export const isUuid = <T extends string>(text: string): text is T => uuidText.test(text)

/** Draws a random id (UUID version 4). The kind is the caller's to name: `newId<OrgId>()`. */
export const newId = <T extends string>(): T => randomUUID() as string as T
