import { type EngineName, Problem } from '@tenantry/contracts'
import type { Answer } from '@tenantry/engines-contract'
import { Counter, Histogram, type ServiceMetrics } from '@tenantry/service'

interface EngineMeters {
  readonly seconds: { observe(seconds: number): void }
  readonly rows: { inc(by: number): void }
  readonly bytes: { inc(by: number): void }
}

/** Counts queries by engine and outcome. Never by tenant: a series a database would grow without a bound. */
export class QueryMeter {
  private readonly engines: Readonly<Record<EngineName, EngineMeters>>
  private readonly refusals: Counter<'code'>

  constructor({ registry }: ServiceMetrics) {
    const registers = [registry]
    const seconds = new Histogram({
      name: 'tenantry_query_duration_seconds', help: 'Time of answered statements, from admission to answer.', labelNames: ['engine'] as const, registers,
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30],
    })
    const rows = new Counter({ name: 'tenantry_query_rows_total', help: 'Rows answered.', labelNames: ['engine'] as const, registers })
    const bytes = new Counter({ name: 'tenantry_query_answer_bytes_total', help: 'Bytes answered.', labelNames: ['engine'] as const, registers })
    this.refusals = new Counter({ name: 'tenantry_query_refusals_total', help: 'Statements that were refused or failed, by problem code.', labelNames: ['code'] as const, registers })
    // Looking a label up costs more than counting does, so each engine's are looked up once.
    const metersOf = (name: EngineName): EngineMeters => ({ seconds: seconds.labels(name), rows: rows.labels(name), bytes: bytes.labels(name) })
    this.engines = { sqlite: metersOf('sqlite') }
  }

  answered(engine: EngineName, milliseconds: number, answer: Answer): void {
    const meters = this.engines[engine]
    meters.seconds.observe(milliseconds / 1000)
    meters.rows.inc(answer.rows)
    meters.bytes.inc(answer.data.length)
  }

  refused(error: unknown): void {
    this.refusals.labels(error instanceof Problem ? error.code : 'InternalError').inc()
  }
}
