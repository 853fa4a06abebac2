import { conformance } from '@tenantry/engines-conformance'
import { startMachineClock } from '@tenantry/testing'
import { Bench, endless, newTarget } from './testing/host-process.js'

conformance({
  name: 'sqlite',
  async open() {
    const [bench, clock] = [await Bench.start(), await startMachineClock()]
    const close = async (): Promise<void> => {
      await clock.stop()
      await bench.close()
    }
    return { engine: bench.client.engine('sqlite'), newTarget, close, clock }
  },
  endless,
  manyRows: (rows) => `with recursive n(x) as (select 1 union all select x + 1 from n where x < ${rows}) select x from n`,
  types: { integer: 'integer', real: 'real', text: 'text', bytes: 'blob' },
  bytes: (bytes) => `x'${bytes.toString('hex')}'`,
})
