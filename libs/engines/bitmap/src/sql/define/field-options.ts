import type { ColumnWish } from '@tenantry/featurebase-sql'
import { EngineRefusal } from '@tenantry/engines-contract'
import { type FieldOptions, leastInt, mostInt, readFieldOptions } from '../../store/field-options.js'
import { rejected } from '../rejected.js'

const cache = ({ cacheType, cacheSize }: ColumnWish): object => ({ ...(cacheType && { cacheType }), ...(cacheSize !== undefined && { cacheSize }) })

const bounds = ({ name, min = leastInt, max = mostInt }: ColumnWish): { readonly min: bigint; readonly max: bigint } =>
  min <= max ? { min, max } : rejected(`creating field from field options: ${name}: creating new field options: int field min cannot be greater than max`)

const optionsOf = (wish: ColumnWish): FieldOptions => {
  const { type } = wish
  switch (type.name) {
    case 'id':
    case 'string': return readFieldOptions({ type: 'mutex', keys: type.name === 'string', ...cache(wish) })
    case 'idset':
    case 'stringset': return readFieldOptions({ type: 'set', keys: type.name === 'stringset', ...cache(wish) })
    case 'idsetq':
    case 'stringsetq': return readFieldOptions(wish.timeQuantum === undefined
      ? { type: 'set', keys: type.name === 'stringsetq', ...cache(wish) }
      : { type: 'time', keys: type.name === 'stringsetq', timeQuantum: wish.timeQuantum, ...(wish.ttl !== undefined && { ttl: wish.ttl }) })
    case 'bool': return { type: 'bool' }
    case 'int': return { type: 'int', ...bounds(wish), foreignIndex: undefined }
    case 'decimal': return { type: 'decimal', scale: type.scale, ...bounds(wish) }
    case 'timestamp': return readFieldOptions({ type: 'timestamp', timeUnit: wish.timeUnit ?? 's', ...(wish.epoch !== undefined && { epoch: wish.epoch }) })
    default: return rejected(`column '${wish.name}' cannot have the type '${type.name}'`)
  }
}

/** The options of the field that a column becomes. Throws EngineRefusal EngineRejectedQuery. */
export const fieldOptionsOf = (wish: ColumnWish): FieldOptions => {
  try {
    return optionsOf(wish)
  } catch (error) {
    if (error instanceof EngineRefusal && error.code === 'InvalidParameter') return rejected(`creating field from field options: ${wish.name}: creating new field options: ${error.message}`)
    throw error
  }
}
