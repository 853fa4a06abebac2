import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** More words than this are not kept in memory: what comes next is asked of the file. */
const mostCached = 100_000
/** Pieces of texts up to this length are copies of their own. */
const shortLength = 12

/** Texts and the numbers that stand for them, 1 and up in the order in which they came. */
export class Dictionary {
  private readonly ids = new Map<string, number>()
  private readonly words = new Map<number, string>()
  private readonly finding: StatementSync
  private readonly naming: StatementSync
  private readonly making: StatementSync

  constructor(private readonly database: DatabaseSync, private readonly table: string) {
    this.finding = database.prepare(`SELECT id FROM ${table} WHERE word = ?`)
    this.naming = database.prepare(`SELECT word FROM ${table} WHERE id = ?`)
    this.making = database.prepare(`INSERT INTO ${table} (word) VALUES (?) RETURNING id`)
  }

  find(word: string): number | undefined {
    const known = this.ids.get(word)
    if (known !== undefined) return known
    const row = this.finding.get(word) as { id: number } | undefined
    if (row) this.remember(row.id, word)
    return row?.id
  }

  findOrMake(word: string): number {
    const found = this.find(word)
    if (found !== undefined) return found
    const { id } = this.making.get(word) as { id: number }
    this.remember(id, word)
    return id
  }

  /** What an id stands for; undefined for one that was not given here. */
  word(id: number): string | undefined {
    const known = this.words.get(id)
    if (known !== undefined) return known
    const row = this.naming.get(id) as { word: string } | undefined
    if (row) this.remember(id, row.word)
    return row?.word
  }

  /** Ends what some ids stand for; they may stand for others then. */
  remove(ids: Iterable<number>): void {
    const removing = this.database.prepare(`DELETE FROM ${this.table} WHERE id = ?`)
    // With the last row's id of whatever table, which may be past 2^53.
    removing.setReadBigInts(true)
    for (const id of ids) removing.run(id)
    this.forget()
  }

  /** Lets go of what is remembered: it may have been taken back. */
  forget(): void {
    this.ids.clear()
    this.words.clear()
  }

  private remember(id: number, given: string): void {
    if (this.ids.size >= mostCached) this.forget()
    // A piece of a request's text would keep the whole of it.
    const word = given.length > shortLength ? Buffer.from(given).toString() : given
    this.ids.set(word, id)
    this.words.set(id, word)
  }
}
