import { Problem } from '@tenantry/contracts'
import { importTable, presentBadRows, problemWire } from '@tenantry/dialects-featurebase'
import { mountStreaming, readInput } from '@tenantry/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BodyPieces, type BodyRules } from '../../imports/body-pieces.js'
import type { ImportPlaces } from '../../imports/import-places.js'
import { type ImportReport, runImport } from '../../imports/run-import.js'
import { CallerGone } from './gone.js'
import { type QueryRouteRules, admit } from './query.routes.js'
import { mayWrite } from './query.text.js'

export interface ImportRouteRules extends QueryRouteRules {
  readonly imports: BodyRules
  readonly places: ImportPlaces
}

const formats: Readonly<Record<string, 'csv' | 'ndjson'>> = { 'text/csv': 'csv', 'application/x-ndjson': 'ndjson', 'application/ndjson': 'ndjson', 'application/jsonl': 'ndjson' }

const formatOf = ({ headers }: FastifyRequest): 'csv' | 'ndjson' => {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const format = formats[type]
  if (format) return format
  throw new Problem('InvalidContentType', 'Send rows with "Content-Type: text/csv" or "Content-Type: application/x-ndjson".')
}

/** Mounts the import: its body is not read before it is wanted. */
export const mountImports = (fastify: FastifyInstance, rules: ImportRouteRules): void => {
  mountStreaming(fastify, importTable, rules.problems, (request, reply) => importRows(request, reply, rules))
}

const importRows = async (request: FastifyRequest, reply: FastifyReply, rules: ImportRouteRules): Promise<void> => {
  const { caller, rights } = await admit(request, rules)
  mayWrite(rights)
  const { params, query } = readInput(importTable, { params: request.params, query: request.query, headers: request.headers, body: '' })
  const format = formatOf(request)
  if (format === 'ndjson' && query.columns) throw new Problem('InvalidParameter', 'columns: The columns of NDJSON are named on its lines; leave columns away.')
  if (format === 'ndjson' && query.separator) throw new Problem('InvalidParameter', 'separator: Several values are a list in NDJSON; leave separator away.')
  const options = { table: params.table, format, header: query.header, columns: query.columns, id: query.id, separator: query.separator, onError: query.on_error }
  const ask = { orgId: caller.orgId, databaseId: params.database_id, options, limits: rules.limits }
  const gone = new CallerGone(reply.raw, rules.gatekeeper, caller)
  const { kept, report } = await runImport(ask, { ...rules.parts, places: rules.places }, gone, () => new BodyPieces(request.raw, rules.imports))
  if (kept) void reply.send(report)
  else refuse(reply, report)
}

const refuse = (reply: FastifyReply, report: ImportReport): void => {
  const [first] = report.errors
  const problem = new Problem('InvalidBody', `Row ${first?.row ?? 0}: ${first?.message ?? 'bad'} Nothing was kept; mend the rows, or leave bad ones out with on_error=skip.`)
  void reply.code(400).send(presentBadRows(problemWire.body(problem, 400), report))
}
