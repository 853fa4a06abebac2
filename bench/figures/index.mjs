import { bombs } from './bombs.mjs'
import { burst } from './burst.mjs'
import { check } from './check.mjs'
import { create } from './create.mjs'
import { hot } from './tenants.mjs'
import { login } from './login.mjs'
import { memory } from './memory.mjs'
import { neighbours } from './neighbours.mjs'
import { overload } from './overload.mjs'
import { point } from './point.mjs'
import { reads } from './reads.mjs'
import { registered } from './registered.mjs'
import { revocation } from './revocation.mjs'
import { rows } from './rows.mjs'
import { start } from './start.mjs'
import { waiting } from './waiting.mjs'

/** By the name that --only takes, in the order in which they are measured. */
export const figures = { memory, create, burst, point, check, rows, reads, hot, registered, neighbours, bombs, overload, waiting, login, revocation, start }
