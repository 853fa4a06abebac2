import { preferred } from './accept.js'

const given = ['application/json', 'application/graphql-response+json', 'text/event-stream'] as const

describe('the type of an answer', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['text/html', 'application/json'],
    ['application/graphql-response+json', 'application/graphql-response+json'],
    ['APPLICATION/GraphQL-Response+JSON; charset=utf-8, application/json; charset=utf-8', 'application/graphql-response+json'],
    ['application/json;q=0.9, application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json;q=0.1, application/json', 'application/json'],
    ['application/graphql-response+json;q=0', 'application/json'],
    ['text/event-stream', 'text/event-stream'],
    ['application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed', 'application/graphql-response+json'],
    ['text/event-stream, multipart/mixed, */*;q=0.1', 'text/event-stream'],
    ['text/html, */*;q=nonsense', 'application/json'],
    [`${'a/b,'.repeat(5_000)}text/event-stream`, 'application/json'],
  ])('is, for a client that accepts %s, %s', (accept, type) => {
    expect(preferred(accept, given)).toBe(type)
  })
})
