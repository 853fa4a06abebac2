import { type EngineName, Problem } from '@tenantry/contracts'
import type { Answer } from '@tenantry/engines-contract'
import { Counter, Histogram, type ServiceMetrics } from '@tenantry/service'

/** Counts queries by engine and outcome. Never by tenant: a series a database would grow without a bound. */
export class QueryMeter {
  private readonly seconds: Histogram<'engine'>
  private readonly rows: Counter<'engine'>
  private readonly bytes: Counter<'engine'>
  private readonly refusals: Counter<'code'>

  constructor({ registry }: ServiceMetrics) {
    const registers = [registry]
    this.seconds = new Histogram({
      name: 'tenantry_query_duration_seconds', help: 'Time of answered statements, from admission to answer.', labelNames: ['engine'] as const, registers,
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30],
    })
    this.rows = new Counter({ name: 'tenantry_query_rows_total', help: 'Rows answered.', labelNames: ['engine'] as const, registers })
    this.bytes = new Counter({ name: 'tenantry_query_answer_bytes_total', help: 'Bytes answered.', labelNames: ['engine'] as const, registers })
    this.refusals = new Counter({ name: 'tenantry_query_refusals_total', help: 'Statements that were refused or failed, by problem code.', labelNames: ['code'] as const, registers })
  }

  answered(engine: EngineName, milliseconds: number, answer: Answer): void {
    this.seconds.labels(engine).observe(milliseconds / 1000)
    this.rows.labels(engine).inc(answer.rows)
    this.bytes.labels(engine).inc(answer.data.length)
  }

  refused(error: unknown): void {
    this.refusals.labels(error instanceof Problem ? error.code : 'InternalError').inc()
  }
}
