import { Problem } from '@tenantry/contracts'
import type { Answer, Engine, Gone, QueryAsk, QueryPort, Target } from '@tenantry/engines-contract'
import { columnOf, pqlAnswer, schemaAnswer, sqlAnswer } from './answers.js'
import { lifecycleOn } from './lifecycle.js'
import { Marks, wrongState } from './marks.js'
import { familiesOf } from './metrics.js'
import { admitPql, isOurs } from './pql.js'
import { mayOnlyRead, noAnswer, rejected } from './problems.js'
import { FeaturebaseServer } from './server.js'
import type { FeaturebaseServers } from './servers.js'
import { admitSql } from './sql.js'

const mostInFlight = 100
/** What an answer has around its rows. */
const envelopeBytes = 1024 * 1024
const metricsBytes = 8 * 1024 * 1024
const metricsMs = 5_000

export interface FeaturebaseEngine extends Engine {
  close(): void
}

/** The engine of databases that have a FeatureBase server each. */
export const featurebaseEngine = (addresses: FeaturebaseServers): FeaturebaseEngine => {
  const servers = new Map([...addresses].map(([name, url]) => [name, new FeaturebaseServer(name, url)]))
  const serverOf = ({ node }: Target): FeaturebaseServer => {
    const server = servers.get(node)
    if (!server) throw new Problem('EngineUnavailable', `The FeatureBase server ${node} of this database is not configured any more; its operator can name it again.`, { retryAfterSeconds: 10 })
    return server
  }
  const inFlight = new Map<string, number>()

  /** Sends to the server of a database that is there and runs. It is looked at each time: a server may belong to another one by now. */
  const asking = (work: (asking: Asking) => Promise<Answer>): QueryPort => ({
    async run(target, ask, gone) {
      const server = serverOf(target)
      const key = `${target.databaseId}/${target.generation}`
      const running = inFlight.get(key) ?? 0
      if (running >= mostInFlight) throw new Problem('TooManyQueries', 'Too many statements wait already; try again.', { retryAfterSeconds: 1 })
      inFlight.set(key, running + 1)
      try {
        const ends = performance.now() + ask.limits.seconds * 1_000
        const bounds = () => ({ milliseconds: Math.max(1, ends - performance.now()), gone })
        mustRun((await Marks.read(server, bounds())).observed(target))
        return await work({ server, ask, bounds })
      } finally {
        const left = (inFlight.get(key) ?? 1) - 1
        if (left > 0) inFlight.set(key, left)
        else inFlight.delete(key)
      }
    },
  })

  const sql = asking(async ({ server, ask, bounds }) => {
    const { text, reads, listsTables } = admitSql(ask.text, ask.access, ask.params)
    const began = performance.now()
    const path = ask.plan === true ? '/sql?plan=true' : '/sql'
    const answer = await server.ask({ method: 'POST', path, body: text }, { ...bounds(), mostBytes: ask.limits.answerBytes + envelopeBytes, changes: !reads })
    return mustFit(sqlAnswer(answer, { limits: ask.limits, micros: microsSince(began), listsTables }), ask)
  })

  const pql = asking(async ({ server, ask, bounds }) => {
    const { index, text, reads } = admitPql(ask.text, ask.access)
    const began = performance.now()
    const answer = await server.ask({ method: 'POST', path: `/index/${index}/query`, body: text }, { ...bounds(), mostBytes: ask.limits.answerBytes + envelopeBytes, changes: !reads })
    return mustFit(pqlAnswer(answer, microsSince(began)), ask)
  })

  const schema = asking(async ({ server, ask, bounds }) => {
    const began = performance.now()
    if (ask.text !== '') {
      if (ask.access !== 'write') throw mayOnlyRead()
      mustBeTheirs(ask.text)
      const { status, body } = await server.ask({ method: 'POST', path: '/schema', body: ask.text }, { ...bounds(), mostBytes: envelopeBytes, changes: true })
      if (status === 400) throw rejected(body.toString('utf8').trim())
      if (status !== 204 && status !== 200) throw noAnswer(`status ${status}`)
    }
    const answer = await server.ask({ method: 'GET', path: '/schema' }, { ...bounds(), mostBytes: ask.limits.answerBytes + envelopeBytes, changes: false })
    return mustFit(schemaAnswer(answer, microsSince(began), isOurs), ask)
  })

  return {
    name: 'featurebase', lifecycle: lifecycleOn(serverOf), sql, pql, schema,
    metrics: {
      async sizeBytes(target, signal) {
        const limits = { seconds: metricsMs / 1_000, answerBytes: metricsBytes, answerRows: 1_000_000 }
        const server = serverOf(target)
        const bounds = { milliseconds: metricsMs, gone: signal, mostBytes: metricsBytes, changes: false }
        const observed = (await Marks.read(server, bounds)).observed(target)
        if (observed !== 'running' && observed !== 'stopped') throw new Problem('DatabaseNotFound', 'There is no such database.')
        const tables = sqlAnswer(await server.ask({ method: 'POST', path: '/sql', body: 'show tables' }, bounds), { limits, micros: 0, listsTables: true })
        return columnOf(tables, 'space_used').reduce<number>((sum, bytes) => sum + (typeof bytes === 'number' ? bytes : 0), 0)
      },
      async families(target, signal) {
        const server = serverOf(target)
        const bounds = { milliseconds: metricsMs, gone: signal, mostBytes: metricsBytes, changes: false }
        mustRun((await Marks.read(server, bounds)).observed(target))
        const [status, metrics] = [await server.ask({ method: 'GET', path: '/status' }, bounds), await server.ask({ method: 'GET', path: '/metrics', accept: 'text/plain' }, bounds)]
        if (metrics.status !== 200) throw noAnswer(`status ${metrics.status}`)
        return familiesOf(metrics.body.toString('utf8'), nodeIn(status.body.toString('utf8')) ?? server.name)
      },
    },
    close: () => { for (const server of servers.values()) server.close() },
  }
}

interface Asking {
  readonly server: FeaturebaseServer
  readonly ask: QueryAsk
  /** What is left of the time, and whether anybody waits still. */
  readonly bounds: () => { readonly milliseconds: number; readonly gone: Gone }
}

const microsSince = (began: number): number => Math.round((performance.now() - began) * 1_000)

const mustRun = (observed: ReturnType<Marks['observed']>): void => {
  if (observed === 'stopped') throw wrongState('The database is stopped; start it first.')
  if (observed !== 'running') throw new Problem('DatabaseNotFound', 'There is no such database.')
}

const mustFit = (answer: Answer, { limits }: QueryAsk): Answer => {
  if (answer.data.length > limits.answerBytes) throw new Problem('AnswerTooLarge', `The answer is larger than ${limits.answerBytes} bytes; ask for fewer rows or columns.`)
  return answer
}

/** A schema that is sent makes the tenant's own tables and no others. */
const mustBeTheirs = (text: string): void => {
  const schema: unknown = JSON.parse(text)
  const indexes: unknown = typeof schema === 'object' && schema !== null && 'indexes' in schema ? schema.indexes : []
  for (const index of Array.isArray(indexes) ? indexes as readonly unknown[] : []) {
    const name = typeof index === 'object' && index !== null && 'name' in index ? index.name : undefined
    if (typeof name !== 'string' || isOurs(name)) throw rejected(`${String(name).slice(0, 300)} is not a name for a table of yours.`)
  }
}

const nodeIn = (text: string): string | undefined => {
  try {
    const status: unknown = JSON.parse(text)
    return typeof status === 'object' && status !== null && 'localID' in status && typeof status.localID === 'string' ? status.localID : undefined
  } catch {
    // Without a name of its own the server has the one that its operator gave it.
    return undefined
  }
}
