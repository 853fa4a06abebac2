import type { Access, Gone } from '@tenantry/engines-contract'
import type pg from 'pg'
import { tooMany } from './problems.js'

export interface SessionRules {
  /** Sessions of one database at a time. */
  readonly perDatabase: number
  /** Sessions of all databases at a time. */
  readonly inAll: number
  /** Statements of one database that may wait for a session. */
  readonly waiting: number
  /** How long a session is kept that nobody uses. */
  readonly idleMs: number
}

/** Whose session, and what it may do. */
export interface SessionKey {
  readonly database: string
  readonly access: Access
}

/** A session on loan. */
export interface Session {
  readonly client: pg.Client
  /** Whether it has run a statement since it was opened, of which something might be left. */
  broken: boolean
}

interface Idle {
  readonly session: Session
  readonly access: Access
  readonly since: number
}

interface Waiter {
  readonly access: Access
  readonly gone: Gone
  readonly grant: (session: Session) => void
  readonly refuse: (error: unknown) => void
}

interface Line {
  readonly database: string
  open: number
  readonly idle: Idle[]
  readonly waiting: Waiter[]
}

type Open = (key: SessionKey) => Promise<pg.Client>

/** Lends sessions, a bounded number a database and in all; whoever finds none free waits in the database's own line. */
export class Sessions {
  private readonly lines = new Map<string, Line>()
  private open = 0
  private readonly sweep: NodeJS.Timeout

  constructor(private readonly rules: SessionRules, private readonly connect: Open) {
    this.sweep = setInterval(() => this.closeIdle(performance.now() - rules.idleMs), Math.max(50, rules.idleMs / 4)).unref()
  }

  /** Throws TooManyQueries when the line is full; what `connect` throws comes through. */
  take({ database, access }: SessionKey, gone: Gone): Promise<Session> {
    const line = this.lineOf(database)
    if (line.waiting.length >= this.rules.waiting) return Promise.reject(tooMany())
    return new Promise((grant, refuse) => {
      line.waiting.push({ access, gone, grant, refuse })
      this.serve(line)
    })
  }

  /** Takes a session back; one that is broken is closed. */
  give({ database, access }: SessionKey, session: Session): void {
    const line = this.lineOf(database)
    if (session.broken) this.drop(line, session)
    else line.idle.push({ session, access, since: performance.now() })
    this.serve(line)
    if (session.broken) this.serveOthers()
  }

  close(): void {
    clearInterval(this.sweep)
    this.closeIdle(Infinity)
  }

  private lineOf(database: string): Line {
    const known = this.lines.get(database)
    if (known) return known
    const made: Line = { database, open: 0, idle: [], waiting: [] }
    this.lines.set(database, made)
    return made
  }

  private serve(line: Line): void {
    for (let [first] = line.waiting; first; [first] = line.waiting) {
      if (first.gone.aborted) {
        line.waiting.shift()
        first.refuse(tooMany())
        continue
      }
      const at = line.idle.findLastIndex(({ access }) => access === first.access)
      const [found] = at >= 0 ? line.idle.splice(at, 1) : []
      if (found) first.grant(found.session)
      else if (this.mayOpen(line)) this.openFor(line, first)
      else return
      line.waiting.shift()
    }
    this.forget(line)
  }

  /** Room for one more session of this database; an idle one gives way where there is none. */
  private mayOpen(line: Line): boolean {
    if (line.open >= this.rules.perDatabase) {
      const [other] = line.idle.splice(0, 1)
      if (!other) return false
      this.drop(line, other.session)
    }
    if (this.open < this.rules.inAll) return true
    for (const other of this.lines.values()) {
      const [idle] = other.idle.splice(0, 1)
      if (!idle) continue
      this.drop(other, idle.session)
      return true
    }
    return false
  }

  private openFor(line: Line, { access, grant, refuse }: Waiter): void {
    line.open += 1
    this.open += 1
    const opened = async (): Promise<void> => {
      try {
        const session: Session = { client: await this.connect({ database: line.database, access }), broken: false }
        session.client.once('end', () => {
          session.broken = true
          const at = line.idle.findIndex((idle) => idle.session === session)
          if (at < 0) return
          line.idle.splice(at, 1)
          this.drop(line, session)
          this.serve(line)
        })
        grant(session)
      } catch (error) {
        this.release(line)
        refuse(error)
        this.serve(line)
        this.serveOthers()
      }
    }
    void opened()
  }

  private drop(line: Line, session: Session): void {
    session.broken = true
    this.release(line)
    session.client.end().catch(() => undefined)
  }

  private release(line: Line): void {
    line.open -= 1
    this.open -= 1
    this.forget(line)
  }

  private forget(line: Line): void {
    if (line.open === 0 && line.waiting.length === 0 && this.lines.get(line.database) === line) this.lines.delete(line.database)
  }

  private serveOthers(): void {
    for (const line of this.lines.values()) if (line.waiting.length > 0) this.serve(line)
  }

  private closeIdle(before: number): void {
    for (const line of [...this.lines.values()]) {
      while (line.idle[0] && line.idle[0].since <= before) {
        const [old] = line.idle.splice(0, 1)
        if (old) this.drop(line, old.session)
      }
      this.forget(line)
    }
    this.serveOthers()
  }
}
