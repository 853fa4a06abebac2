import { EngineRefusal } from '@tenantry/engines-contract'
import { decimalText } from './decimal.js'
import { Written } from './json.js'
import { isQuantum } from './time-quantum.js'

export const timeUnits = ['s', 'ms', 'us', 'ns'] as const
export type TimeUnit = (typeof timeUnits)[number]

interface Cached {
  readonly cacheType: 'ranked' | 'lru' | 'none'
  readonly cacheSize: number
}

/** What a field holds, in FeatureBase's words. Bounds of decimals are scaled integers, those of timestamps counts of the unit. */
export type FieldOptions =
  | Cached & { readonly type: 'set' | 'mutex'; readonly keys: boolean }
  | { readonly type: 'time'; readonly keys: boolean; readonly timeQuantum: string; readonly ttlSeconds: number; readonly noStandardView: boolean }
  | { readonly type: 'bool' }
  | { readonly type: 'int'; readonly min: bigint; readonly max: bigint; readonly foreignIndex: string | undefined }
  | { readonly type: 'decimal'; readonly scale: number; readonly min: bigint; readonly max: bigint }
  | { readonly type: 'timestamp'; readonly timeUnit: TimeUnit; readonly epochNanos: bigint }

export type FieldType = FieldOptions['type']

export const leastInt = -(2n ** 63n)
export const mostInt = 2n ** 63n - 1n
const usualCacheSize = 50_000
const mostScale = 18

type Raw = Readonly<Record<string, unknown>>

const refuse = (message: string): never => { throw new EngineRefusal('InvalidParameter', message) }

const isOneOf = <T extends string>(value: unknown, all: readonly T[]): value is T => (all as readonly unknown[]).includes(value)

const int = (raw: Raw, name: string, otherwise: bigint): bigint => {
  const value = raw[name]
  if (value === undefined || value === null) return otherwise
  const whole = typeof value === 'bigint' ? value : typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : refuse(`the field option ${name} must be an integer`)
  // The bounds of 64 bits, which a server tells for fields without others, lose their last digits in many a client.
  return whole < leastInt ? leastInt : whole > mostInt ? mostInt : whole
}

const flag = (raw: Raw, name: string): boolean => {
  const value = raw[name] ?? false
  return typeof value === 'boolean' ? value : refuse(`the field option ${name} must be true or false`)
}

const text = (raw: Raw, name: string): string | undefined => {
  const value = raw[name] ?? ''
  return typeof value === 'string' ? value || undefined : refuse(`the field option ${name} must be a text`)
}

const cached = (raw: Raw): Cached => {
  const cacheType = raw['cacheType'] === undefined || raw['cacheType'] === '' ? 'ranked' : raw['cacheType']
  if (!isOneOf(cacheType, ['ranked', 'lru', 'none'])) return refuse('the field option cacheType must be ranked, lru or none')
  const cacheSize = int(raw, 'cacheSize', cacheType === 'none' ? 0n : BigInt(usualCacheSize))
  return { cacheType, cacheSize: cacheSize >= 0n && cacheSize <= 0xffff_ffffn ? Number(cacheSize) : refuse('the field option cacheSize must be between 0 and 4294967295') }
}

const unitNanos: Readonly<Record<TimeUnit, bigint>> = { s: 1_000_000_000n, ms: 1_000_000n, us: 1_000n, ns: 1n }
export const nanosOf = (unit: TimeUnit): bigint => unitNanos[unit]

const durations: Readonly<Record<string, number>> = { h: 3_600, m: 60, s: 1, ms: 0.001, us: 0.000_001, µs: 0.000_001, ns: 0.000_000_001 }

/** Seconds of a duration as Go writes it: `720h`, `1h30m`, `0s`. */
const ttl = (raw: Raw): number => {
  const written = raw['ttl'] ?? '0s'
  if (typeof written === 'number' && written >= 0) return Math.floor(written / 1e9)
  if (typeof written !== 'string') return refuse('the field option ttl must be a duration such as 720h')
  if (written === '' || written === '0') return 0
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|us|µs|ns|m|s))+$/.test(written)) return refuse(`cannot parse ttl: ${written}: write it as 720h or 1h30m`)
  return Math.floor([...written.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)/g)].reduce((sum, [, many, unit]) => sum + Number(many) * (durations[unit ?? ''] ?? 0), 0))
}

const bounds = (raw: Raw): { min: bigint; max: bigint } => {
  const [min, max] = [int(raw, 'min', leastInt), int(raw, 'max', mostInt)]
  return min <= max ? { min, max } : refuse('int field min cannot be greater than max')
}

const decimal = (raw: Raw): FieldOptions => {
  const scale = int(raw, 'scale', 0n)
  if (scale < 0n || scale > BigInt(mostScale)) return refuse(`the field option scale must be between 0 and ${mostScale}`)
  // The bounds that a server tells are those of the storage; ones that somebody set are numbers of the field's own.
  const scaled = (name: string, otherwise: bigint): bigint => {
    const value = raw[name]
    if (value === undefined || value === null) return otherwise
    const bound = typeof value === 'bigint' || typeof value === 'number' ? BigInt(Math.round(Number(value) * 10 ** Number(scale))) : refuse(`the field option ${name} must be a number`)
    return bound <= leastInt ? leastInt : bound >= mostInt ? mostInt : bound
  }
  return { type: 'decimal', scale: Number(scale), min: scaled('min', leastInt), max: scaled('max', mostInt) }
}

const timestamp = (raw: Raw): FieldOptions => {
  const unit = raw['timeUnit']
  if (!isOneOf(unit, timeUnits)) return refuse('the field option timeUnit must be s, ms, us or ns')
  const epoch = text(raw, 'epoch')
  if (epoch === undefined) return { type: 'timestamp', timeUnit: unit, epochNanos: 0n }
  const millis = Date.parse(epoch)
  return Number.isNaN(millis) ? refuse('the field option epoch must be a time such as 1970-01-01T00:00:00Z') : { type: 'timestamp', timeUnit: unit, epochNanos: BigInt(millis) * 1_000_000n }
}

const time = (raw: Raw): FieldOptions => {
  const timeQuantum = text(raw, 'timeQuantum') ?? ''
  if (!isQuantum(timeQuantum)) return refuse(`invalid time quantum: ${timeQuantum}: one of Y, YM, YMD, YMDH, M, MD, MDH, D, DH, H`)
  return { type: 'time', keys: flag(raw, 'keys'), timeQuantum, ttlSeconds: ttl(raw), noStandardView: flag(raw, 'noStandardView') }
}

/** Reads a field's options as FeatureBase's API has them. Throws EngineRefusal InvalidParameter. */
export const readFieldOptions = (raw: Raw): FieldOptions => {
  switch (raw['type'] ?? 'set') {
    case 'set': return { type: 'set', keys: flag(raw, 'keys'), ...cached(raw) }
    case 'mutex': return { type: 'mutex', keys: flag(raw, 'keys'), ...cached(raw) }
    case 'bool': return { type: 'bool' }
    case 'int': return { type: 'int', ...bounds(raw), foreignIndex: text(raw, 'foreignIndex') }
    case 'decimal': return decimal(raw)
    case 'timestamp': return timestamp(raw)
    case 'time': return time(raw)
    default: return refuse(`unsupported field type: ${String(raw['type'])}`)
  }
}

/** The options as FeatureBase's API writes them. */
export const printFieldOptions = (options: FieldOptions): Raw => {
  switch (options.type) {
    case 'set':
    case 'mutex': return { type: options.type, cacheType: options.cacheType, cacheSize: options.cacheSize, keys: options.keys }
    case 'bool': return { type: 'bool' }
    case 'int': return { type: 'int', min: options.min, max: options.max, keys: options.foreignIndex !== undefined, foreignIndex: options.foreignIndex ?? '' }
    case 'decimal': return { type: 'decimal', scale: options.scale, min: new Written(decimalText(options.min, options.scale)), max: new Written(decimalText(options.max, options.scale)), keys: false }
    case 'timestamp': return { type: 'timestamp', epoch: new Date(Number(options.epochNanos / 1_000_000n)).toISOString().replace('.000Z', 'Z'), timeUnit: options.timeUnit }
    case 'time': return { type: 'time', timeQuantum: options.timeQuantum, keys: options.keys, noStandardView: options.noStandardView, ttl: `${options.ttlSeconds}s` }
  }
}
