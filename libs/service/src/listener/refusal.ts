import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Problem, type ProblemWire, statusOfKind } from '@tenantry/contracts'
import { privateHeaders } from '../safe-headers.js'

/** For programs that speak no API of ours to the world. */
export const plainWire: ProblemWire = { body: ({ code, message }) => ({ code, message }) }

const lingerMs = 1_000

const said = (problem: Problem, wire: ProblemWire) => {
  const status = wire.status?.(problem) ?? statusOfKind[problem.kind]
  const body = JSON.stringify(wire.body(problem, status))
  const headers = {
    ...privateHeaders, 'x-request-id': randomUUID(), 'content-type': 'application/json; charset=utf-8', 'content-length': String(Buffer.byteLength(body)),
    'connection': 'close', ...(problem.mayPass && { 'retry-after': String(Math.max(1, Math.ceil(problem.retryAfterSeconds ?? 1))) }),
  }
  return { status, headers, body }
}

/** Answers a request that is no good for anybody, and takes no other on its connection. */
export const refuseRequest = (response: ServerResponse, problem: Problem, wire: ProblemWire): void => {
  const { status, headers, body } = said(problem, wire)
  response.writeHead(status, headers).end(body)
}

/**
 * The same on a connection that has no request to answer. What still comes in is thrown away for a moment: closing at once would
 * take the answer from a client that is still sending.
 */
export const refuseConnection = (socket: Duplex, problem: Problem, wire: ProblemWire): void => {
  const { status, headers, body } = said(problem, wire)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const cut = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(cut))
  socket.on('error', () => socket.destroy())
  socket.resume().end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}\r\n${body}`)
}
