import type { Operation } from '@tenantry/contracts'
import { problemWire } from './problems.js'

/** An operation of the native API; its literal types are kept, so that a handler's input can be typed by it. */
export const operation = <const O extends Omit<Operation, 'wire'>>(described: O): O & Pick<Operation, 'wire'> => ({ ...described, wire: problemWire })
