import type { DatabaseId } from '@tenantry/contracts'
import { embeddedEngines } from './embedded.js'
import { queryLanguages } from './engine.js'
import type { AnswerMessage, RunMessage } from './wire.js'

/**
 * The headers of the two messages that every statement costs, each thing in its place: as JSON they would take as long as a small
 * statement does. The first byte tells the kind; a header of any other message begins with the brace of its JSON.
 */
const kinds = { run: 1, end: 2 } as const
type EndMessage = Extract<AnswerMessage, { type: 'end' }>

const uuidLength = 36
const numbersAt = 4
const runNumbers = 6
const databaseAt = numbersAt + 8 * runNumbers
export const runHeaderBytes = databaseAt + uuidLength
const endNumbersAt = 1
export const endHeaderBytes = endNumbersAt + 8 * 6

const writes = 1
const plans = 2

/** Whether a run fits the places: what is rare (parameters, another form of id) crosses as JSON. */
export const isFixedRun = (run: RunMessage): boolean =>
  run.params === undefined && !('org' in run) && run.database.length === uuidLength && Number.isInteger(run.id)

/** Writes the header of a run that fits, `runHeaderBytes` long. */
export const writeRunHeader = (bytes: Buffer, at: number, run: RunMessage): void => {
  bytes[at] = kinds.run
  bytes[at + 1] = (run.access === 'write' ? writes : 0) | (run.plan === true ? plans : 0)
  bytes[at + 2] = embeddedEngines.indexOf(run.engine)
  bytes[at + 3] = queryLanguages.indexOf(run.language)
  bytes.writeDoubleLE(run.id, at + numbersAt)
  bytes.writeDoubleLE(run.generation, at + numbersAt + 8)
  bytes.writeDoubleLE(run.storageBytes, at + numbersAt + 16)
  bytes.writeDoubleLE(run.deadline, at + numbersAt + 24)
  bytes.writeDoubleLE(run.answerBytes, at + numbersAt + 32)
  bytes.writeDoubleLE(run.answerRows, at + numbersAt + 40)
  bytes.write(run.database, at + databaseAt, uuidLength, 'latin1')
}

/** Writes the header of an answer's end, `endHeaderBytes` long. */
export const writeEndHeader = (bytes: Buffer, at: number, end: EndMessage): void => {
  bytes[at] = kinds.end
  bytes.writeDoubleLE(end.id, at + endNumbersAt)
  bytes.writeDoubleLE(end.rows, at + endNumbersAt + 8)
  bytes.writeDoubleLE(end.micros, at + endNumbersAt + 16)
  bytes.writeDoubleLE(end.fieldsBytes, at + endNumbersAt + 24)
  bytes.writeDoubleLE(end.planBytes, at + endNumbersAt + 32)
  bytes.writeDoubleLE(end.warningsBytes, at + endNumbersAt + 40)
}

/** Reads such a header; undefined when it is none. Whoever is given its values looks at them as at those of any other header. */
export const readFixedHeader = (bytes: Buffer, from: number, to: number): RunMessage | EndMessage | undefined => {
  if (bytes[from] === kinds.run && to - from === runHeaderBytes) return runAt(bytes, from)
  if (bytes[from] === kinds.end && to - from === endHeaderBytes) return endAt(bytes, from + endNumbersAt)
  return undefined
}

const runAt = (bytes: Buffer, from: number): RunMessage | undefined => {
  const flags = bytes[from + 1] ?? 0
  const engine = embeddedEngines[bytes[from + 2] ?? embeddedEngines.length]
  const language = queryLanguages[bytes[from + 3] ?? queryLanguages.length]
  if (engine === undefined || language === undefined || flags > (writes | plans)) return undefined
  const run: RunMessage = {
    type: 'run',
    id: bytes.readDoubleLE(from + numbersAt),
    database: bytes.toString('latin1', from + databaseAt, from + runHeaderBytes) as DatabaseId,
    generation: bytes.readDoubleLE(from + numbersAt + 8),
    engine,
    storageBytes: bytes.readDoubleLE(from + numbersAt + 16),
    access: (flags & writes) === 0 ? 'read' : 'write',
    language,
    deadline: bytes.readDoubleLE(from + numbersAt + 24),
    answerBytes: bytes.readDoubleLE(from + numbersAt + 32),
    answerRows: bytes.readDoubleLE(from + numbersAt + 40),
  }
  return (flags & plans) === 0 ? run : { ...run, plan: true }
}

const endAt = (bytes: Buffer, at: number): EndMessage => ({
  type: 'end',
  id: bytes.readDoubleLE(at),
  rows: bytes.readDoubleLE(at + 8),
  micros: bytes.readDoubleLE(at + 16),
  fieldsBytes: bytes.readDoubleLE(at + 24),
  planBytes: bytes.readDoubleLE(at + 32),
  warningsBytes: bytes.readDoubleLE(at + 40),
})
