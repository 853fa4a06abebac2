/** Runs once after the integration tests. */
export default async () => {
  await globalThis.stopTestInfra?.()
}
