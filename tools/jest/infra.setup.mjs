import { startInfra } from './infra.mjs'

/** Runs once before the integration tests; the workers inherit these variables. */
export default async () => {
  const infra = await startInfra()
  globalThis.stopTestInfra = infra.stop
  process.env.TEST_POSTGRES_URL = infra.postgresUrl
  process.env.TEST_NATS_URL = infra.natsUrl
  process.env.TEST_NATS_TOKEN = infra.natsToken
}
