import { conformance } from '@tenantry/engines-conformance'
import { cluster } from './testing/cluster.js'

conformance({
  name: 'postgres',
  async open() {
    const { postgres, newTarget, close } = await cluster()
    return { engine: postgres.engine, newTarget, close }
  },
  endless: 'SELECT count(*) FROM generate_series(1, 1000000000000) a',
  manyRows: (rows) => `SELECT n FROM generate_series(1, ${rows}) AS s(n)`,
  types: { integer: 'bigint', real: 'double precision', text: 'text', bytes: 'bytea' },
  bytes: (bytes) => `'\\x${bytes.toString('hex')}'`,
  parameter: (place) => `$${place}`,
  nul: 'refused',
})
