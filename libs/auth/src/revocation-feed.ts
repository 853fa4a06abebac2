import type { AnswerOf, Revocation } from '@tenantry/contracts'

const mostPages = 1000

/** Reads identity's ordered feed of revocations to its end, from where it was left. Throws when nobody answers. */
export class RevocationFeed {
  private seq = 0

  constructor(private readonly since: (seq: number) => Promise<AnswerOf<'identity.revocations.since'>>, private readonly take: (entry: Revocation) => void) {}

  async catchUp(): Promise<void> {
    for (let page = 0; page < mostPages; page++) {
      const { seq, entries } = await this.since(this.seq)
      for (const entry of entries) this.take(entry)
      // A feed that has become shorter is another one (records restored from a backup): it is read from its beginning.
      const goOn = entries.length > 0 && seq > this.seq
      this.seq = seq < this.seq ? 0 : seq
      if (!goOn) return
    }
  }
}
