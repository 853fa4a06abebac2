import type { DatabaseId, EmbeddedEngineName, ProblemCode } from '@tenantry/contracts'
import type { Access, Answer, Observed, QueryAsk, QueryLanguage } from './engine.js'
import { endHeaderBytes, isFixedRun, runHeaderBytes, writeEndHeader, writeRunHeader } from './fixed-headers.js'
import { encodeFrame, encodePrefix, newFrame, prefixBytes } from './frames.js'
import type { SpelledParameter } from './parameters.js'

/** Changes with every change of these messages: both ends must be of one release. */
export const wireVersion = 8

export interface DatabaseAt {
  readonly database: DatabaseId
  readonly generation: number
  readonly engine: EmbeddedEngineName
  readonly storageBytes: number
}

/** What is asked when a database is to be given to a child: also whose it is. */
export interface PlacedAt extends DatabaseAt {
  readonly org?: string | undefined
}

export const lifecycleCalls = ['observe', 'ensure', 'stop', 'start', 'remove', 'restore', 'purge'] as const
export type LifecycleCall = (typeof lifecycleCalls)[number]

/** One statement; its text or its bytes are the payload. */
export interface RunMessage extends DatabaseAt {
  readonly type: 'run'
  readonly id: number
  readonly access: Access
  readonly language: QueryLanguage
  readonly plan?: true
  readonly params?: readonly SpelledParameter[]
  /** When the statement must have ended, in milliseconds of the machine's monotonic clock. */
  readonly deadline: number
  readonly answerBytes: number
  readonly answerRows: number
}

/** What a client sends to the host. */
export type ToHost =
  | { readonly type: 'hello'; readonly version: number; readonly secret?: string }
  | ({ readonly type: 'where'; readonly id: number } & PlacedAt)
  | ({ readonly type: LifecycleCall; readonly id: number } & DatabaseAt)
  | ({ readonly type: 'measure'; readonly id: number } & DatabaseAt)
  | { readonly type: 'list'; readonly id: number; readonly after: string; readonly limit: number }
  /** Ends the run `run` of this client, wherever it is by now. */
  | { readonly type: 'cancel'; readonly run: number }
  /** Over TCP a client cannot reach a child: the host passes the statement on. `deadline` is then the milliseconds left. */
  | (RunMessage & PlacedAt)

/** One generation of a database as it lies on disk. */
export interface StoredDatabase {
  readonly databaseId: DatabaseId
  readonly generation: number
  readonly observed: Observed
}

export interface MovedDatabase {
  readonly database: DatabaseId
  readonly generation: number
  readonly child: number
  readonly path: string
}

/** A client has no more runs waiting at one child than this, so that the child can tell which of them have begun. */
export const mostWaitingRuns = 1000

/** What the host sends to a client. */
export type FromHost =
  | { readonly type: 'welcome'; readonly client: number; readonly inFlight: number; readonly relay: boolean }
  | { readonly type: 'at'; readonly id: number; readonly child: number; readonly path: string }
  | { readonly type: 'done'; readonly id: number; readonly observed?: Observed }
  | { readonly type: 'measured'; readonly id: number; readonly bytes: number }
  | { readonly type: 'listed'; readonly id: number; readonly databases: readonly StoredDatabase[] }
  /** These databases have new owners. Of what this client has waiting at `from`, only the writes in `begun` have begun or ever will. */
  | { readonly type: 'moved'; readonly from: number; readonly begun: readonly number[]; readonly databases: readonly MovedDatabase[] }
  /** The child has ended. Of the writes that this client had waiting there, only those in `begun` may have had an effect. */
  | { readonly type: 'gone'; readonly child: number; readonly begun: readonly number[] }
  /** The host has ended this client's run, or is about to. */
  | { readonly type: 'ended'; readonly run: number; readonly code: ProblemCode; readonly message: string }
  | ProblemMessage
  | AnswerMessage

/** A database by name: the generation names the data. */
export const databaseKey = (database: DatabaseId, generation: number): string => `${database}/${generation}`

/** What a client sends to a child. */
export type ToChild = { readonly type: 'hello'; readonly client: number } | RunMessage | { readonly type: 'cancel'; readonly id: number }

export interface ProblemMessage {
  readonly type: 'problem'
  readonly id: number
  readonly code: ProblemCode
  readonly message: string
  readonly position?: number
  readonly retryAfterSeconds?: number
  /** `safe`: nothing has begun, the same message may be sent again elsewhere. */
  readonly retry: 'never' | 'safe'
}

export type AnswerMessage =
  /** A part of the rows' JSON; more follows. */
  | { readonly type: 'rows'; readonly id: number }
  /** The last of an answer. Its payload is the fields, the plan, the warnings, and what is left of the rows. */
  | {
    readonly type: 'end'; readonly id: number; readonly rows: number; readonly micros: number
    readonly fieldsBytes: number; readonly planBytes: number; readonly warningsBytes: number
  }

export type FromChild = ProblemMessage | AnswerMessage

const partBytes = 1024 * 1024
const smallBytes = 8 * 1024

/** What the payload of a run is in its language. */
export const payloadOf = (language: QueryLanguage, payload: Buffer): Pick<QueryAsk, 'text' | 'bytes'> =>
  language === 'import' ? { text: '', bytes: payload } : { text: payload.toString('utf8') }

/** A statement as a frame. */
export const runFrame = (run: RunMessage, text: string | Buffer): Buffer => {
  if (!isFixedRun(run) || typeof text !== 'string') return encodeFrame(run, text)
  const textBytes = Buffer.byteLength(text)
  const frame = newFrame(runHeaderBytes, textBytes)
  writeRunHeader(frame, prefixBytes, run)
  frame.write(text, prefixBytes + runHeaderBytes, 'utf8')
  return frame
}

/** An answer as frames, a megabyte of rows at most in each. */
export const answerFrames = (id: number, { fields, data, plan, warnings, rows, micros }: Answer): readonly Buffer[] => {
  const frames: Buffer[] = []
  let sent = 0
  for (; data.length - sent > partBytes; sent += partBytes) {
    frames.push(encodePrefix({ type: 'rows', id } satisfies AnswerMessage, partBytes), data.subarray(sent, sent + partBytes))
  }
  const rest = data.subarray(sent)
  const [planBytes, warningsBytes] = [plan?.length ?? 0, warnings?.length ?? 0]
  const restAt = fields.length + planBytes + warningsBytes
  // What is small goes into one piece; a page of rows is not copied for that.
  const isSmall = rest.length < smallBytes
  const frame = newFrame(endHeaderBytes, restAt + rest.length, isSmall ? 0 : rest.length)
  writeEndHeader(frame, prefixBytes, { type: 'end', id, rows, micros, fieldsBytes: fields.length, planBytes, warningsBytes })
  const fieldsAt = prefixBytes + endHeaderBytes
  fields.copy(frame, fieldsAt)
  plan?.copy(frame, fieldsAt + fields.length)
  warnings?.copy(frame, fieldsAt + fields.length + planBytes)
  if (isSmall) rest.copy(frame, fieldsAt + restAt)
  frames.push(frame)
  if (!isSmall) frames.push(rest)
  return frames
}

/** The answer that an `end` frame completes; `parts` are the payloads of the `rows` frames before it. */
export const answerOf = (end: Extract<AnswerMessage, { type: 'end' }>, payload: Buffer, parts: readonly Buffer[]): Answer => {
  const planEnd = end.fieldsBytes + end.planBytes
  const warningsEnd = planEnd + end.warningsBytes
  const rest = payload.subarray(warningsEnd)
  return {
    fields: payload.subarray(0, end.fieldsBytes),
    data: parts.length === 0 ? rest : Buffer.concat([...parts, rest]),
    rows: end.rows,
    micros: end.micros,
    ...(end.planBytes > 0 && { plan: payload.subarray(end.fieldsBytes, planEnd) }),
    ...(end.warningsBytes > 0 && { warnings: payload.subarray(planEnd, warningsEnd) }),
  }
}

export const problemFrame = (problem: Omit<ProblemMessage, 'type'>): Buffer => encodeFrame({ type: 'problem', ...problem } satisfies ProblemMessage)

/** When this process began, by the clock that all processes of one machine share: `performance.now()` counts on by the same one. */
const begunMs = Number(process.hrtime.bigint() / 1000n) / 1000 - performance.now()

/** Milliseconds of the clock that all processes of one machine share. */
export const monotonicMs = (): number => begunMs + performance.now()
