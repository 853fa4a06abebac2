import type { Operation } from '@tenantry/contracts'
import * as featurebase from '@tenantry/dialects-featurebase'

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'id' in value && 'method' in value && 'path' in value && 'success' in value

/** Every operation of every dialect, in the order of their paths. */
export const operations: readonly Operation[] = Object.values<unknown>(featurebase).filter(isOperation)
  .sort((one, other) => `${one.path} ${one.method}`.localeCompare(`${other.path} ${other.method}`, 'en'))
