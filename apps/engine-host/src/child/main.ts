import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { FrameReader } from '@tenantry/engines-contract'
import { bitmapDriverWith } from '@tenantry/engines-bitmap'
import { sqliteDriver } from '@tenantry/engines-sqlite'
import { NoteWriter } from '../note.js'
import { ClientSocket } from './client-socket.js'
import { HeldDatabases } from './databases.js'
import type { ChildOptions, FromEngineChild, ToEngineChild } from './messages.js'
import { isNotable, readRun } from './runs.js'
import { Turns, sendBack } from './turns.js'

const options = JSON.parse(process.argv[2] ?? '') as ChildOptions
// SQLite keeps this when it starts: temporary files lie wherever the child is, which is the folder of the database whose turn it is.
process.env['SQLITE_TMPDIR'] = '.'

const drivers = { sqlite: sqliteDriver, bitmap: bitmapDriverWith(options.bitmaps) } as const
const note = new NoteWriter(options.note)
const databases = new HeldDatabases(drivers, options.openDatabases, (folder) => process.chdir(folder))
const turns = new Turns(note, databases, options.inFlight)
const clients = new Set<ClientSocket>()
let closing = false

const tell = (message: FromEngineChild): void => {
  if (process.connected) process.send?.(message)
}

const take = (from: ClientSocket, header: Readonly<Record<string, unknown>>, payload: Buffer): boolean => {
  if (header['type'] === 'hello' && isNotable(header['client']) && from.ring === undefined) {
    from.client = header['client']
    from.ring = note.openRing(from.client)
    return from.ring !== undefined
  }
  if (header['type'] === 'cancel' && typeof header['id'] === 'number') {
    turns.cancel(from, header['id'])
    return true
  }
  const read = header['type'] === 'run' ? readRun(header, payload, from) : undefined
  if (read === undefined) return false
  const held = databases.find(read.database, read.generation)
  if (held === undefined || closing) sendBack(read.run)
  else turns.add(held, read.run)
  return true
}

const serve = (socket: Socket): void => {
  const reader = new FrameReader()
  const from = new ClientSocket(socket)
  clients.add(from)
  socket.on('data', (chunk: Buffer) => {
    try {
      reader.take(chunk, ({ header, payload }) => {
        if (!take(from, header, payload)) socket.destroy()
      })
    } catch {
      socket.destroy()
    }
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    clients.delete(from)
    turns.leave(from)
    if (from.ring !== undefined) note.closeRing(from.ring)
  })
}

const makeTemplate = (engine: keyof typeof drivers, folder: string): void => {
  try {
    drivers[engine].makeTemplate(folder)
    tell({ type: 'made', engine })
  } catch (error) {
    tell({ type: 'made', engine, problem: error instanceof Error ? error.message : String(error) })
  }
}

const lastWordsMs = 20

/** Runs what waits here, sends back what still arrives, and ends once it has been quiet for a moment and every answer was taken. */
const close = (quietSince = performance.now()): void => {
  closing = true
  const now = performance.now()
  const quiet = turns.idle && ![...clients].some(({ behind }) => behind)
  if (quiet && now - quietSince >= lastWordsMs) {
    databases.closeAll()
    process.exit(0)
  }
  setTimeout(() => close(quiet ? quietSince : now), 5)
}

const obey = (message: ToEngineChild): void => {
  switch (message.type) {
    case 'template': return makeTemplate(message.engine, message.folder)
    case 'own':
      for (const owned of message.databases) databases.add(owned)
      return tell({ type: 'owned', call: message.call })
    case 'disown': {
      for (const slot of message.slots) databases.take(slot)?.waiting.splice(0).forEach(sendBack)
      turns.reached(message.revision)
      return tell({ type: 'released', slots: message.slots })
    }
    case 'close': return close()
  }
}

process.on('message', obey)
// The host has gone: nobody is left to end a statement that runs too long.
process.on('disconnect', () => process.exit(0))
createServer(serve).listen(options.socket, () => tell({ type: 'ready' }))
