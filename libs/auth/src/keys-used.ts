import type { KeyId } from '@tenantry/contracts'

/** Which keys were used since the last telling. Bounded: past `max` different keys, some are told of at their next use. */
export class KeysUsed {
  private readonly ids = new Set<KeyId>()

  constructor(private readonly tell: (ids: readonly KeyId[]) => void, private readonly max: number) {}

  note(id: KeyId): void {
    if (this.ids.size < this.max) this.ids.add(id)
  }

  flush(): void {
    if (this.ids.size === 0) return
    const ids = [...this.ids]
    this.ids.clear()
    this.tell(ids)
  }
}
