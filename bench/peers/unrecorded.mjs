// Loaded before the system: the same changes in the same transactions, but nothing of them is hashed or written down.
import { DeedsInterceptor } from '../../libs/deeds/dist/deeds.interceptor.js'

if (typeof DeedsInterceptor.prototype.done !== 'function') throw new Error('Deeds are recorded elsewhere by now; change this peer.')
DeedsInterceptor.prototype.done = (_tx, { handle }) => handle()
