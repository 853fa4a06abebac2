import { Problem } from '@tenantry/contracts'
import { answerOf, databaseKey, monotonicMs, spellParameters } from '@tenantry/engines-contract'
import type { Answer, FromHost, Gone, QueryAsk, QueryLanguage, RunMessage, Target } from '@tenantry/engines-contract'
import { ChildLink } from './child-link.js'
import { cancelled } from './host-link.js'
import type { HostLink } from './host-link.js'
import { problemOf } from './messages.js'
import { embeddedEngineOf } from './embedded.js'
import { WaitingRuns } from './waiting-runs.js'
import { WaitingRun, engineAway, mayHaveRun, tooManyQueries } from './waiting-run.js'

const mostAttempts = 5
const verdictWithinMs = 1_500
/** The host may hear later than this client that a child has gone, and until then names it again. */
const askAgainMs = 50
const sweepEveryMs = 250
/** The host ends a statement at its deadline; a client waits this much longer for the news. */
const graceMs = 2_000

const hostWithinMs = 5_000
const mostTextBytes = 1024 * 1024
const mostParamsLength = 2 * 1024 * 1024

/** What would not fit a frame is refused here: at the child it would end the connection of all. */
const isTooLarge = ({ text, params, bytes }: QueryAsk): boolean =>
  bytes !== undefined && bytes.length > mostTextBytes
  || text.length > mostTextBytes / 3 && Buffer.byteLength(text) > mostTextBytes
  || params !== undefined && (params.length > 10_000 || params.some((value) => typeof value === 'string' && value.length > 10_000))
    && JSON.stringify(spellParameters(params)).length > mostParamsLength

/** Sends statements to the children that own their databases, and again where that is safe. */
export class Runs {
  private readonly all = new WaitingRuns()
  private readonly perDatabase = new Map<string, number>()
  private readonly routes = new Map<string, ChildLink>()
  private readonly links = new Map<number, ChildLink>()
  private readonly searches = new Map<string, Promise<ChildLink>>()
  /** Runs that the host itself passes on. */
  private readonly relayed = new WaitingRuns()
  /** A key that is put together anew is hashed anew: a statement of a target that is known finds its own here. */
  private readonly keys = new WeakMap<Target, string>()
  private readonly sweeper = setInterval(() => this.sweep(), sweepEveryMs)
  private client = 0
  private inFlight = 8
  private relay = false

  constructor(private readonly host: () => HostLink, private readonly newId: () => number) {
    this.sweeper.unref()
  }

  run(target: Target, language: QueryLanguage, ask: QueryAsk, gone: Gone): Promise<Answer> {
    if (gone.aborted) return Promise.reject(cancelled())
    if (isTooLarge(ask)) return Promise.reject(new Problem('RequestTooLarge', 'A statement may be 1 MB of text and 2 MB of parameters at most.'))
    const key = this.keys.get(target) ?? this.name(target)
    const waiting = this.perDatabase.get(key) ?? 0
    if (waiting >= this.inFlight) return Promise.reject(tooManyQueries())
    this.perDatabase.set(key, waiting + 1)
    return new Promise((resolve, reject) => {
      const run = new WaitingRun(this.message(target, language, ask), key, ask.bytes ?? ask.text, target.orgId, gone, resolve, reject, this.finish)
      this.all.add(run)
      this.dispatch(run)
    })
  }

  /** Whether a run that waits has this id, or one that stands in its way. */
  isTaken(id: number): boolean {
    return !this.all.hasPlaceFor(id)
  }

  welcome({ client, inFlight, relay }: Extract<FromHost, { type: 'welcome' }>): void {
    this.forgetRoutes()
    this.client = client
    this.inFlight = inFlight
    this.relay = relay
  }

  /** The host is away: children that still answer are heard, and nothing new is sent to them. */
  hostLost(): void {
    this.forgetRoutes()
    for (const run of this.relayed.all()) {
      this.relayed.delete(run.message.id)
      if (run.write) run.refuse(mayHaveRun())
      else this.dispatch(run)
    }
  }

  push(message: FromHost, payload: Buffer): void {
    switch (message.type) {
      case 'ended':
        return this.ended(message.run, problemOf(message))
      case 'gone': {
        const link = this.links.get(message.child)
        if (link === undefined) return
        link.begun = new Set(message.begun)
        // Answers that the child sent before it ended are read first: the connection closes after them.
        if (link.closed) this.settle(link)
        return undefined
      }
      case 'moved':
        return this.moved(message)
      case 'rows':
        this.relayed.get(message.id)?.parts.push(payload)
        return undefined
      case 'end': {
        const run = this.relayed.get(message.id)
        return run?.answer(answerOf(message, payload, run.parts))
      }
      case 'problem':
        return this.relayed.get(message.id)?.refuse(problemOf(message))
      default:
        return undefined
    }
  }

  /** The database is stopped or removed: the next statement asks the host again. */
  forget(key: string): void {
    this.routes.delete(key)
  }

  close(): void {
    clearInterval(this.sweeper)
    for (const link of this.links.values()) link.close()
    for (const run of this.all.all()) run.refuse(engineAway())
  }

  private name(target: Target): string {
    const key = databaseKey(target.databaseId, target.generation)
    this.keys.set(target, key)
    return key
  }

  private message(target: Target, language: QueryLanguage, ask: QueryAsk): RunMessage {
    return {
      type: 'run', id: this.newId(), database: target.databaseId, generation: target.generation, engine: embeddedEngineOf(target), storageBytes: target.limits.storageBytes,
      access: ask.access, language, deadline: monotonicMs() + ask.limits.seconds * 1_000,
      answerBytes: ask.limits.answerBytes, answerRows: ask.limits.answerRows,
      ...(ask.plan === true && { plan: true }), ...(ask.params && { params: spellParameters(ask.params) }),
    }
  }

  private dispatch(run: WaitingRun): void {
    if (run.settled) return
    if (run.attempts >= mostAttempts) return run.refuse(engineAway())
    const link = this.routes.get(run.key)
    if (link?.open === true) return link.send(run)
    this.search(run).then(
      (found) => {
        if (run.settled) return
        if (found === 'relay') this.sendRelayed(run)
        else found.send(run)
      },
      (error: unknown) => run.refuse(error instanceof Problem ? error : engineAway()),
    )
  }

  private async search(run: WaitingRun): Promise<ChildLink | 'relay'> {
    await this.host().here(AbortSignal.timeout(hostWithinMs))
    if (this.relay) return 'relay'
    const searching = this.searches.get(run.key) ?? this.where(run)
    this.searches.set(run.key, searching)
    try {
      return await searching
    } finally {
      if (this.searches.get(run.key) === searching) this.searches.delete(run.key)
    }
  }

  private async where({ message: { database, generation, engine, storageBytes }, key, org }: WaitingRun): Promise<ChildLink> {
    const at = await this.host().call({ type: 'where', database, generation, engine, storageBytes, org }, AbortSignal.timeout(hostWithinMs))
    if (at.type !== 'at') throw engineAway()
    const link = this.link(at.child, at.path)
    this.routes.set(key, link)
    return link
  }

  private link(child: number, path: string): ChildLink {
    const known = this.links.get(child)
    if (known?.open === true) return known
    const link = new ChildLink(child, path, this.client, {
      lost: (lost) => this.lost(lost),
      sendAgain: (run, from) => {
        if (this.routes.get(run.key) === from) this.routes.delete(run.key)
        this.dispatch(run)
      },
    })
    this.links.set(child, link)
    return link
  }

  private sendRelayed(run: WaitingRun): void {
    run.attempts += 1
    run.parts = []
    this.relayed.add(run)
    this.host().tell({ ...run.message, org: run.org, deadline: Math.max(0, run.message.deadline - monotonicMs()) }, run.text)
  }

  /** The host tells what had begun on a child that has ended; without it, the worst is assumed. */
  private lost(link: ChildLink): void {
    for (const [key, route] of this.routes) if (route === link) this.routes.delete(key)
    const isKnown = link.begun !== undefined || !link.reached || this.links.get(link.child) !== link
    if (isKnown || link.waiting.size === 0) return this.settle(link)
    setTimeout(() => this.settle(link), verdictWithinMs)
  }

  /** Sends again what had not begun and whatever only reads. */
  private settle(link: ChildLink): void {
    if (this.links.get(link.child) === link) this.links.delete(link.child)
    for (const run of link.waiting.all()) {
      link.waiting.delete(run.message.id)
      const begun = link.reached && (link.begun === undefined || link.begun.has(run.message.id))
      if (run.write && begun) run.refuse(mayHaveRun())
      else if (link.reached) this.dispatch(run)
      else setTimeout(() => this.dispatch(run), askAgainMs)
    }
  }

  private moved({ from, begun, databases }: Extract<FromHost, { type: 'moved' }>): void {
    const old = this.links.get(from)
    const started = new Set(begun)
    const moved = new Set<string>()
    for (const { database, generation, child, path } of databases) {
      const key = databaseKey(database, generation)
      if (!this.routes.has(key)) continue
      moved.add(key)
      this.routes.set(key, this.link(child, path))
    }
    for (const run of old?.waiting.all() ?? []) {
      if (!moved.has(run.key) || (run.write && started.has(run.message.id))) continue
      old?.waiting.delete(run.message.id)
      // It did not begin and nothing failed: a run may move as often as its deadline allows.
      run.attempts -= 1
      this.dispatch(run)
    }
  }

  private ended(id: number, problem: Problem): void {
    const run = this.all.get(id)
    if (run === undefined) return
    for (const link of this.links.values()) if (link.waiting.get(id) === run) link.waiting.delete(id)
    run.refuse(problem)
  }

  private cancel(run: WaitingRun, problem: Problem): void {
    const { id } = run.message
    this.host().tell({ type: 'cancel', run: id })
    for (const link of this.links.values()) if (link.waiting.get(id) === run) link.cancel(id)
    run.refuse(problem)
  }

  private readonly finish = (run: WaitingRun): void => {
    this.all.delete(run.message.id)
    this.relayed.delete(run.message.id)
    const left = (this.perDatabase.get(run.key) ?? 1) - 1
    if (left > 0) this.perDatabase.set(run.key, left)
    else this.perDatabase.delete(run.key)
  }

  /** Ends what was given up or is past its deadline. A listener for each would cost every statement what only these need. */
  private sweep(): void {
    const now = monotonicMs()
    for (const run of this.all.all()) {
      if (run.gone.aborted) this.cancel(run, cancelled())
      else if (now > run.message.deadline + graceMs) this.cancel(run, new Problem('QueryTimeout', 'The statement did not end before its deadline.'))
    }
  }

  private forgetRoutes(): void {
    this.routes.clear()
    // A child's number means nothing under another host; each old link lives until what waits there is settled.
    for (const [child, link] of this.links) {
      this.links.delete(child)
      if (link.closed) this.settle(link)
      else link.retire()
    }
  }
}
