import type { QueryLanguage, RunMessage, EmbeddedAsk } from '@tenantry/engines-contract'
import { embeddedEngines, payloadOf, queryLanguages, readParameters } from '@tenantry/engines-contract'
import type { EmbeddedEngineName } from '@tenantry/contracts'
import type { ClientSocket } from './client-socket.js'

/** A statement that has arrived and waits for its turn. */
export interface WaitingRun {
  readonly from: ClientSocket
  readonly id: number
  readonly deadlineMs: number
  readonly storageBytes: number
  readonly ask: EmbeddedAsk
}

const isLanguage = (value: unknown): value is QueryLanguage => (queryLanguages as readonly unknown[]).includes(value)
const isEngine = (value: unknown): value is EmbeddedEngineName => (embeddedEngines as readonly unknown[]).includes(value)

type Unread = { readonly [K in keyof RunMessage]?: unknown }

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0
/** What the notes keep in four bytes: an id of a run, or a client's number. */
export const isNotable = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 0xffff_ffff

/** The run that a frame asks for; undefined when the frame is not one. Written by hand: it is read for every statement. */
export const readRun = (header: Unread, payload: Buffer, from: ClientSocket): { database: string; generation: number; engine: EmbeddedEngineName; run: WaitingRun } | undefined => {
  const { id, database, generation, engine, access, language, params: spelled, plan, deadline, answerBytes, answerRows, storageBytes } = header
  if (!isNotable(id) || typeof database !== 'string' || !isCount(generation) || !isEngine(engine)) return undefined
  if ((access !== 'read' && access !== 'write') || !isLanguage(language) || !isCount(deadline) || !isCount(answerBytes) || !isCount(answerRows) || !isCount(storageBytes)) return undefined
  const params = spelled === undefined ? undefined : readParameters(spelled)
  if (spelled !== undefined && params === undefined) return undefined
  const ask: EmbeddedAsk = {
    ...payloadOf(language, payload), access, language, limits: { seconds: 0, answerBytes, answerRows },
    ...(params && { params }), ...(plan === true && { plan }),
  }
  return { database, generation, engine, run: { from, id, deadlineMs: deadline, storageBytes, ask } }
}
