import path from 'node:path'
import { z } from 'zod'
import { type Answer, expectStatus } from './api.js'

const root = path.resolve(import.meta.dirname, '../../../..')
const problem = z.looseObject({ code: z.string().min(1), message: z.string().min(1) })

// A stack, a file, a module, a statement or an error of ours: nothing that is anybody else's business. `on_error` is a parameter, which
// refusals name like any other.
const inside = /\n\s+at |\.[cm]?[jt]s:\d+|node_modules|node:internal|file:\/\/|(?<!on_)Error:|QueryFailed|ECONN|ENOENT|EACCES|\$1|insert into "?(?:accounts|databases|outbox)|tenantry_(?:identity|control)/i

const expectRequestId = ({ method, path: where, headers }: Answer): void =>
  expect([method, where, headers['x-request-id']]).toEqual([method, where, expect.stringMatching(/^[\w.:-]{8,128}$/)])

/** A refusal as every one must be: the status, a code and a sentence, a request id, and nothing of our insides. */
export const expectRefusal = (status: number | readonly number[], answer: Answer, dataDir: string): { readonly code: string; readonly message: string } => {
  const statuses = typeof status === 'number' ? [status] : status
  if (!statuses.includes(answer.status)) expectStatus(statuses[0] ?? 0, answer)
  const where = `${answer.method} ${answer.path.slice(0, 100)}`
  const said = problem.parse(JSON.parse(answer.text))
  expect([where, answer.headers['content-type']]).toEqual([where, 'application/json; charset=utf-8'])
  for (const secret of [root, dataDir, process.cwd()]) expect(answer.text).not.toContain(secret)
  expect(answer.text).not.toMatch(inside)
  expectRequestId(answer)
  return said
}
