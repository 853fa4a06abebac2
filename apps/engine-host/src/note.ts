import { closeSync, openSync, readSync, writeSync } from 'node:fs'

/**
 * A small file through which a child tells the host what it is doing while it is busy and cannot be asked, and through which the host
 * takes databases away from it. Page-cache writes of one block: about a microsecond each.
 *
 * The child notes a statement and then reads the revision; the host raises the revision and then reads the note. So either the host
 * sees the statement, or the child sees that it has to ask first.
 */
const noteBytes = 64
const revisionAt = 64
const ringsAt = 4096
const ringBytes = 4096
const ringLength = ringBytes / 4 - 1
export const mostClients = 64

export interface Running {
  readonly sequence: number
  readonly slot: number
  readonly client: number
  readonly run: number
  readonly write: boolean
  readonly startedMs: number
  readonly deadlineMs: number
}

/** What a child is in: nothing, a statement, or the middle of something that several requests make. */
const [nothing, inStatement, betweenPieces] = [0, 1, 2] as const

/** The child's end. */
export class NoteWriter {
  private readonly file: number
  private readonly bytes = Buffer.alloc(noteBytes)
  private readonly revisionBytes = Buffer.alloc(4)
  private readonly entry = Buffer.alloc(4)
  private readonly begunBy: (number | undefined)[] = []
  private sequence = 0

  constructor(path: string) {
    this.file = openSync(path, 'r+')
  }

  /** Notes the statement and returns the revision as it was after that. */
  begin({ slot, client, run, write, startedMs, deadlineMs }: Omit<Running, 'sequence'>): number {
    this.stamp(inStatement)
    this.bytes.writeDoubleLE(startedMs, 8)
    this.bytes.writeDoubleLE(deadlineMs, 16)
    this.bytes.writeUInt32LE(client, 24)
    this.bytes.writeUInt32LE(run, 28)
    this.bytes.writeUInt32LE(slot, 32)
    this.bytes.writeUInt32LE(write ? 1 : 0, 36)
    writeSync(this.file, this.bytes, 0, noteBytes, 0)
    readSync(this.file, this.revisionBytes, 0, 4, revisionAt)
    return this.revisionBytes.readUInt32LE(0)
  }

  /** `underWay`: more requests are to come for something that would end if the child did. */
  idle(underWay: boolean): void {
    this.stamp(underWay ? betweenPieces : nothing)
    writeSync(this.file, this.bytes, 0, noteBytes, 0)
  }

  /** Gives a client the ring in which its writes are noted; undefined when all are taken. */
  openRing(client: number): number | undefined {
    const free = this.begunBy.findIndex((count) => count === undefined)
    const ring = free === -1 ? this.begunBy.length : free
    if (ring >= mostClients) return undefined
    this.begunBy[ring] = 0
    const bytes = Buffer.alloc(ringBytes)
    bytes.writeUInt32LE(client, 0)
    writeSync(this.file, bytes, 0, ringBytes, ringsAt + ring * ringBytes)
    return ring
  }

  closeRing(ring: number): void {
    this.begunBy[ring] = undefined
    writeSync(this.file, Buffer.alloc(4), 0, 4, ringsAt + ring * ringBytes)
  }

  /** Notes that this write is about to begin; the last thousand of each client are kept. */
  noteWrite(ring: number, run: number): void {
    const count = this.begunBy[ring] ?? 0
    this.begunBy[ring] = count + 1
    this.entry.writeUInt32LE(run, 0)
    writeSync(this.file, this.entry, 0, 4, ringsAt + ring * ringBytes + 4 * (1 + (count % ringLength)))
  }

  private stamp(state: typeof nothing | typeof inStatement | typeof betweenPieces): void {
    this.sequence = (this.sequence + 1) >>> 0
    this.bytes.writeUInt32LE(this.sequence, 0)
    this.bytes.writeUInt32LE(state, 4)
    this.bytes.writeUInt32LE(this.sequence, 40)
  }
}

/** The host's end. */
export class NoteReader {
  private readonly file: number
  private readonly bytes = Buffer.alloc(noteBytes)
  private revision = 0

  constructor(path: string) {
    this.file = openSync(path, 'w+', 0o600)
    writeSync(this.file, Buffer.alloc(ringsAt), 0, ringsAt, 0)
  }

  /** The statement that the child is in; undefined between statements. */
  read(): Running | undefined {
    readSync(this.file, this.bytes, 0, noteBytes, 0)
    const sequence = this.bytes.readUInt32LE(0)
    if (this.bytes.readUInt32LE(4) !== inStatement || sequence !== this.bytes.readUInt32LE(40)) return undefined
    return {
      sequence,
      startedMs: this.bytes.readDoubleLE(8), deadlineMs: this.bytes.readDoubleLE(16),
      client: this.bytes.readUInt32LE(24), run: this.bytes.readUInt32LE(28), slot: this.bytes.readUInt32LE(32), write: this.bytes.readUInt32LE(36) === 1,
    }
  }

  /** Whether the child rests in the middle of something. */
  isBetweenPieces(): boolean {
    readSync(this.file, this.bytes, 0, noteBytes, 0)
    return this.bytes.readUInt32LE(4) === betweenPieces
  }

  /** From now on the child begins nothing before it has been told of this revision. */
  raise(): number {
    this.revision += 1
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(this.revision, 0)
    writeSync(this.file, bytes, 0, 4, revisionAt)
    return this.revision
  }

  /** The writes of each client that have begun, as far as the client may still wait for them. */
  begun(): ReadonlyMap<number, readonly number[]> {
    const all = new Map<number, readonly number[]>()
    const bytes = Buffer.alloc(ringBytes)
    for (let ring = 0; ring < mostClients; ring += 1) {
      if (readSync(this.file, bytes, 0, ringBytes, ringsAt + ring * ringBytes) < ringBytes) break
      const runs: number[] = []
      for (let at = 4; at < ringBytes; at += 4) if (bytes.readUInt32LE(at) !== 0) runs.push(bytes.readUInt32LE(at))
      if (bytes.readUInt32LE(0) !== 0) all.set(bytes.readUInt32LE(0), runs)
    }
    return all
  }

  close(): void {
    closeSync(this.file)
  }
}
