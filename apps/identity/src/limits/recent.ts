/** A map that keeps what was set last and lets go of the oldest, so that strangers cannot make it grow. */
export class Recent<V> {
  private readonly values = new Map<string, V>()

  constructor(private readonly most: number) {}

  get(key: string): V | undefined {
    return this.values.get(key)
  }

  set(key: string, value: V): void {
    this.values.delete(key)
    this.values.set(key, value)
    for (const oldest of this.values.keys()) {
      if (this.values.size <= this.most) return
      this.values.delete(oldest)
    }
  }

  delete(key: string): void {
    this.values.delete(key)
  }
}
