import type { DatabaseId } from '@tenantry/contracts'

/** What one document costs beside its text. */
const overheadBytes = 300

/**
 * Documents that clients have sent with their hash, so that they can leave them away the next time. They are kept for a while and
 * in this process alone: whoever is told that one is not known sends it again.
 */
export class KeptDocuments {
  /** The least recently used first. */
  private readonly texts = new Map<string, string>()
  private bytes = 0

  constructor(private readonly mostBytes = 32 * 1024 * 1024) {}

  find(databaseId: DatabaseId, hash: string): string | undefined {
    const key = keyOf(databaseId, hash)
    const text = this.texts.get(key)
    if (text === undefined) return undefined
    this.texts.delete(key)
    this.texts.set(key, text)
    return text
  }

  keep(databaseId: DatabaseId, hash: string, text: string): void {
    const key = keyOf(databaseId, hash)
    this.drop(key)
    this.texts.set(key, text)
    this.bytes += costOf(text)
    for (const oldest of this.texts.keys()) {
      if (this.bytes <= this.mostBytes) return
      this.drop(oldest)
    }
  }

  private drop(key: string): void {
    const text = this.texts.get(key)
    if (text === undefined) return
    this.texts.delete(key)
    this.bytes -= costOf(text)
  }
}

/** Of each database its own: what one tenant has sent says nothing to another. */
const keyOf = (databaseId: DatabaseId, hash: string): string => `${databaseId}/${hash}`

/** A text takes two bytes a character at most. */
const costOf = (text: string): number => 2 * text.length + overheadBytes
