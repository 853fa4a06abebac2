import { Problem, problemData } from '@tenantry/contracts'
import { type EngineHost, connectEngineHost } from '@tenantry/engines-host'
import { answerFrames, languageNames, payloadOf, problemFrame, queryLanguages, readParameters } from '@tenantry/engines-contract'
import { z } from 'zod'
import { placing } from './client-asks.js'
import { RelayedImports } from './relayed-imports.js'

const RunSchema = z.object({
  type: z.literal('run'), ...placing,
  access: z.enum(['read', 'write']), language: z.enum(queryLanguages), plan: z.literal(true).optional(),
  params: z.array(z.unknown()).max(10_000).transform((spelled, context) => readParameters(spelled) ?? (context.addIssue('These are no parameters.'), z.NEVER)).optional(),
  /** Milliseconds left: clocks differ between machines. */
  deadline: z.number().nonnegative(),
  answerBytes: z.number().int().positive(), answerRows: z.number().int().positive(),
})

const mostWaiting = 1_000

/** Passes statements on for clients that cannot reach a child's socket: the host is then a client of itself. */
export class Relay {
  private readonly host: EngineHost

  constructor(socketPath: string) {
    this.host = connectEngineHost({ socketPath })
  }

  /** What one client has running here. */
  session(send: (frames: readonly Buffer[]) => void): RelaySession {
    return new RelaySession(this.host, send)
  }

  close(): void {
    this.host.close()
  }
}

export class RelaySession {
  private readonly running = new Map<number, AbortController>()
  private readonly imports = new RelayedImports()

  constructor(private readonly host: EngineHost, private readonly send: (frames: readonly Buffer[]) => void) {}

  /** Takes a run message; throws when it is not one. */
  take(header: unknown, payload: Buffer): void {
    const run = RunSchema.parse(header)
    if (this.running.size >= mostWaiting || this.running.has(run.id)) {
      const problem = new Problem('TooManyQueries', 'Too many statements wait at the engine host; try again.', { retryAfterSeconds: 1 })
      return this.send([problemFrame({ id: run.id, retry: 'never', ...problemData(problem) })])
    }
    const cancel = new AbortController()
    this.running.set(run.id, cancel)
    void this.answer(run, payload, cancel.signal)
  }

  cancel(id: number): void {
    this.running.get(id)?.abort()
  }

  end(): void {
    for (const cancel of this.running.values()) cancel.abort()
    this.imports.giveUp()
  }

  private async answer(run: z.infer<typeof RunSchema>, payload: Buffer, signal: AbortSignal): Promise<void> {
    const { id, database, generation, engine, storageBytes, org, access, language, plan, params, deadline, answerBytes, answerRows } = run
    try {
      const target = { databaseId: database, generation, engine, node: 'local', limits: { storageBytes }, ...(org !== undefined && { orgId: org }) }
      const limits = { seconds: deadline / 1_000, answerBytes, answerRows }
      const port = this.host.engine(engine)[language]
      if (!port) throw new Problem('LanguageNotSupported', `This database does not speak ${languageNames[language]}.`)
      if (language === 'import') this.imports.note(port, target, params)
      this.send(answerFrames(id, await port.run(target, { ...payloadOf(language, payload), access, limits, ...(plan && { plan }), ...(params && { params }) }, signal)))
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('InternalError', 'The engine host failed in an unexpected way.', { cause: error })
      this.send([problemFrame({ id, retry: 'never', ...problemData(problem) })])
    } finally {
      this.running.delete(id)
    }
  }
}
