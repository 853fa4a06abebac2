/** What a GraphQL document may ask for, in every engine: what is past them is refused before anything of it is run. */
export const graphqlLimits = { tokens: 1_000, depth: 10, aliases: 30, rootFields: 20, directives: 50, cost: 5_000, rows: 10_000 } as const
