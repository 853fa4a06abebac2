import { type DatabaseState, type Problem, Problem as Refusal } from '@tenantry/contracts'
import { z } from 'zod'
import { knownDatabase } from './ids.js'
import { operation } from './operation.js'
import { problemWire } from './problems.js'
import { databaseStatus } from './states.js'

export const eventSchema = z.object({
  id: z.int(),
  type: z.enum(['database.created', 'database.updated', 'database.moved']),
  database_id: z.uuid(),
  name: z.string(),
  database_status: z.string(),
  from_status: z.string().nullable(),
  cause: z.string().nullable(),
  by: z.uuid().nullable(),
  reason: z.string().nullable(),
  at: z.iso.datetime(),
})

export interface EventView {
  readonly seq: number
  readonly kind: z.infer<typeof eventSchema>['type']
  readonly databaseId: string
  readonly name: string
  readonly state: DatabaseState
  readonly from: DatabaseState | null
  readonly cause: string | null
  readonly by: string | null
  readonly reason: string | null
  readonly at: Date
}

export const presentEvent = (event: EventView): z.infer<typeof eventSchema> => ({
  id: event.seq,
  type: event.kind,
  database_id: event.databaseId,
  name: event.name,
  database_status: databaseStatus[event.state],
  from_status: event.from && databaseStatus[event.from],
  cause: event.cause && event.cause.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  by: event.by,
  reason: event.reason,
  at: event.at.toISOString(),
})

/** The pieces of a stream of server-sent events. An id without data moves the place to resume from and is no event. */
export const streamText = {
  opening: (id: number, retryMs: number): string => `retry: ${retryMs}\nid: ${id}\n\n`,
  event: (event: EventView): string => `id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(presentEvent(event))}\n\n`,
  beat: (id: number): string => `: still here\nid: ${id}\n\n`,
  ending: (retryMs: number): string => `retry: ${retryMs}\n\n`,
  refusal: (problem: Problem, status: number): string => `event: end\ndata: ${JSON.stringify(problemWire.body(problem, status))}\n\n`,
}

const idText = /^(0|[1-9][0-9]{0,14})$/

/** The event to go on after, from what a client sends. The header wins: a client that reconnects leaves the address as it was. */
export const lastEventId = (header: string | undefined, query: string | undefined): number | undefined => {
  const text = header || query
  if (!text) return undefined
  if (!idText.test(text)) throw new Refusal('InvalidParameter', 'The last event id is not one that a stream gave out; leave it away to begin with the next event.')
  return Number(text)
}

const example = { id: 17, type: 'database.moved', database_id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', name: 'example-database', database_status: 'STOPPED',
  from_status: 'UPDATING', cause: 'stopped', by: null, reason: null, at: '2019-08-24T14:15:22.000Z' } as const

const stream = {
  method: 'GET', tag: 'Events', permission: 'databases:read',
  query: z.object({ last_event_id: z.string().max(20).optional() }),
  success: {
    status: 200, contentType: 'text/event-stream',
    description: 'A stream that does not end. Each event has the next number of the org as its id, and JSON as its data; a comment comes when nothing happens.',
  },
  examples: { answer: `id: 17\nevent: database.moved\ndata: ${JSON.stringify(example)}\n\n` },
} as const

export const streamDatabaseEvents = operation({
  ...stream, id: 'streamDatabaseEvents', path: '/v2/databases/{database_id}/events', summary: 'Hear what happens to a database', params: knownDatabase,
  problems: ['InvalidParameter', 'DatabaseNotFound', 'EventsGone', 'TooManyEventStreams'],
})

export const streamEvents = operation({
  ...stream, id: 'streamEvents', path: '/v2/events', summary: 'Hear what happens to the databases of the org',
  problems: ['InvalidParameter', 'EventsGone', 'TooManyEventStreams'],
})
