// The document as its readers meet it: sound to a public linter, and whole where a linter does not look.
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { codesOf, openApiDocument, problemKinds, statusOfKind } from '@tenantry/contracts'
import { operations, tagDescriptions } from '@tenantry/dialects-featurebase'
import { documentText } from './gen/document.mjs'

const text = documentText({ openApiDocument, operations, tagDescriptions })
const document = JSON.parse(text)
const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })))

const rules = {
  // /v2/users/current stands beside /v2/users/{id} in the original, whose clients know both.
  'no-ambiguous-paths': 'off',
  'operation-singular-tag': 'error',
  'operation-description': 'error',
  'no-invalid-schema-examples': 'error',
  'no-invalid-media-type-examples': 'error',
  'response-contains-header': { severity: 'error', names: { '4xx': ['X-Request-Id'], '5xx': ['X-Request-Id'] } },
}
const complaintsAbout = async (source) => (await lintFromString({ source, config: await createConfig({ extends: ['recommended-strict'], rules }) }))
  .map(({ ruleId, message, location: [at] }) => `${ruleId}: ${message} at ${at?.pointer}`)

it('is sound to a public linter', async () => {
  expect(await complaintsAbout(text)).toEqual([])
}, 30_000)

it('is not sound with an example that its schema refuses, a parameter that no path has, or a tag that nobody describes', async () => {
  const broken = [
    text.replace('"database_status": "RUNNING"', '"database_status": 5'),
    text.replace('"/v2/databases/{database_id}"', '"/v2/databases/{other_id}"'),
    documentText({ openApiDocument, operations }),
  ]
  for (const source of broken) expect((await complaintsAbout(source)).length).toBeGreaterThan(0)
}, 60_000)

it('shows of every operation an example of what is sent and of what is answered', () => {
  // What is sent as JSON alone has its example under the name of that.
  const sent = ({ body, examples }) => body.types?.length === 0 ? examples?.jsonRequest : examples?.request
  const silent = operations.filter(({ body, success, examples }) => (body && sent({ body, examples }) === undefined) || (success.schema && examples?.answer === undefined))
  expect(silent.map(({ id }) => id)).toEqual([])
})

it('tells of every refusal that an operation can give, each with an example that its schema takes', () => {
  for (const operation of operations) {
    const { responses } = described.find(({ operationId }) => operationId === operation.id)
    const told = Object.keys(responses).map(Number).filter((status) => status >= 400)
    expect([operation.id, told]).toEqual([operation.id, [...new Set(codesOf(operation).map((code) => statusOfKind[problemKinds[code]]))].sort((a, b) => a - b)])
    for (const status of told) {
      const at = responses[status].$ref?.split('/').at(-1)
      const { content } = at ? document.components.responses[at] : responses[status]
      for (const { value } of Object.values(content['application/json'].examples)) expect(value).toMatchObject({ code: expect.any(String), message: expect.any(String) })
    }
  }
})

it('writes what may be null as a type, never as a choice', () => {
  expect(text).not.toMatch(/"nullable"/)
  expect(text).toContain('"null"')
  expect(JSON.stringify(document)).not.toContain('{"type":"null"}')
})
