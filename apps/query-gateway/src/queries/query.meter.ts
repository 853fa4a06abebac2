import { type EngineName, Problem, engineNames } from '@tenantry/contracts'
import type { Answer } from '@tenantry/engines-contract'
import { Counter, type Observer, type Registry, type ServiceMetrics, Tally } from '@tenantry/service'

interface EngineMeter {
  readonly seconds: Observer
  rows: number
  bytes: number
}

/** Counts queries by engine and outcome. Never by tenant: a series a database would grow without a bound. */
export class QueryMeter {
  private readonly engines: Readonly<Record<EngineName, EngineMeter>>
  private readonly refusals: Counter<'code'>

  constructor({ registry }: ServiceMetrics) {
    const registers = [registry]
    const seconds = new Tally({
      name: 'tenantry_query_duration_seconds', help: 'Time of answered statements, from admission to answer.', labelNames: ['engine'] as const, registry,
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30],
    })
    this.refusals = new Counter({ name: 'tenantry_query_refusals_total', help: 'Statements that were refused or failed, by problem code.', labelNames: ['code'] as const, registers })
    const meterOf = (engine: EngineName): EngineMeter => ({ seconds: seconds.labels(engine), rows: 0, bytes: 0 })
    this.engines = Object.fromEntries(engineNames.map((engine) => [engine, meterOf(engine)])) as Record<EngineName, EngineMeter>
    this.tell('rows', { name: 'tenantry_query_rows_total', help: 'Rows answered.' }, registers)
    this.tell('bytes', { name: 'tenantry_query_answer_bytes_total', help: 'Bytes answered.' }, registers)
  }

  answered(engine: EngineName, milliseconds: number, answer: Answer): void {
    const meter = this.engines[engine]
    meter.seconds.observe(milliseconds / 1000)
    meter.rows += answer.rows
    meter.bytes += answer.data.length
  }

  refused(error: unknown): void {
    this.refusals.labels(error instanceof Problem ? error.code : 'InternalError').inc()
  }

  /** What was added up since the last reading goes into the counter when it is read: counting each answer there would cost more. */
  private tell(what: 'rows' | 'bytes', named: { readonly name: string; readonly help: string }, registers: Registry[]): void {
    const { engines } = this
    new Counter({
      ...named, labelNames: ['engine'] as const, registers,
      collect() {
        for (const [engine, meter] of Object.entries(engines)) {
          this.labels(engine).inc(meter[what])
          meter[what] = 0
        }
      },
    })
  }
}
