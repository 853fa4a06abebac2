import { type Problem, statusOfKind } from '@tenantry/contracts'
import { runGraphql } from './graphql.js'

/** JSON has line breaks between its values only, and an event has none in its data. */
const oneLine = (json: string): string => json.replaceAll(/[\r\n]+/g, ' ')

const nextEvent = (json: string): string => `event: next\ndata: ${oneLine(json)}\n\n`
const complete = 'event: complete\ndata:\n\n'

/** The pieces of a stream of answers, as GraphQL over SSE has them where each operation has a connection of its own. */
export const graphqlStream = {
  type: 'text/event-stream; charset=utf-8',
  next: (answer: Buffer): string => nextEvent(answer.toString()),
  beat: ':\n\n',
  complete,
  refusal: (problem: Problem): string => nextEvent(JSON.stringify(runGraphql.wire.body(problem, statusOfKind[problem.kind]))) + complete,
} as const
