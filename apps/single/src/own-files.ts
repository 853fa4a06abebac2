import type { Environment } from '@tenantry/service'

const byFile = new Set([
  'DATABASE_URL', 'NATS_URL', 'NATS_TOKEN', 'TLS_CERT', 'TLS_KEY', 'SEALING_KEY', 'PEPPER', 'INTERNAL_TOKEN', 'BOOTSTRAP_TOKEN', 'ENGINE_SECRET',
].map((name) => `${name}_FILE`))

/** Leaves out the `…_FILE` variables of other programs: they name files that are none of our business and may not be there. */
export const withoutForeignFiles = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.endsWith('_FILE') || byFile.has(name)))
