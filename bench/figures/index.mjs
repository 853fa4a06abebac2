import { burst } from './burst.mjs'
import { create } from './create.mjs'
import { memory } from './memory.mjs'
import { point } from './point.mjs'
import { rows } from './rows.mjs'
import { start } from './start.mjs'

/** By the name that --only takes, in the order in which they are measured. */
export const figures = { start, memory, create, burst, point, rows }
