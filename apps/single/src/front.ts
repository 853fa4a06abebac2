import { openServer } from '@tenantry/service'

/** Finds out before anything is started that the port cannot be had. Throws Exit with one sentence. */
export const checkPort = async (host: string, port: number): Promise<void> => {
  const probe = await openServer(host, port, (_request, response) => void response.writeHead(503, { 'retry-after': '1' }).end())
  await probe.drain(100, 0)
}
