import { DiscardPolicy, type JetStreamManager, RetentionPolicy, StorageType, type StreamInfo } from '@nats-io/jetstream'
import { type StreamName, type StreamOwner, streams } from '@tenantry/contracts'

const seconds = 1_000_000_000
export const keptDays = 7

const ownerOf = (stream: StreamName): StreamOwner => (Object.keys(streams) as StreamOwner[]).find((owner) => streams[owner] === stream) ?? 'control'

/** Finds the stream or makes it. Whoever comes first makes it, the sender or one who listens: the settings are the same. */
export const ensureStream = async (manager: JetStreamManager, stream: StreamName, replicas = 1): Promise<StreamInfo> => {
  try {
    return await manager.streams.info(stream)
  } catch (error) {
    if (!isNotFound(error)) throw error
    return await manager.streams.add({
      name: stream,
      subjects: [`${ownerOf(stream)}.>`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      // A full stream lets go of its oldest: the records are in Postgres, and the sweeps ask again for what is lost here.
      discard: DiscardPolicy.Old,
      max_age: keptDays * 86_400 * seconds,
      max_bytes: 1024 ** 3,
      duplicate_window: 600 * seconds,
      deny_delete: true,
      num_replicas: replicas,
    })
  }
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof Error && (/not found/i.test(error.message) || (error as { code?: number }).code === 404)
