import type { GraphQLError } from 'graphql'

/** The answer to one request, as JSON, and how many records were read or changed for it. */
export interface Answered {
  readonly text: string
  readonly rows: number
}

const errorsJson = (errors: readonly GraphQLError[]): string => JSON.stringify(errors.map((error) => error.toJSON()))

/** The answer to a request that was not run, or whose data had to be given up. */
export const refused = (errors: readonly GraphQLError[], rows = 0): Answered => ({ text: `{"data":null,"errors":${errorsJson(errors)}}`, rows })

export const answered = (fields: readonly (readonly [key: string, json: string])[], errors: readonly GraphQLError[], rows: number): Answered => ({
  text: `{"data":{${fields.map(([key, json]) => `"${key}":${json}`).join(',')}}${errors.length === 0 ? '' : `,"errors":${errorsJson(errors)}`}}`,
  rows,
})
