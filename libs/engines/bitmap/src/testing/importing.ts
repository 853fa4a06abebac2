import type { ImportOptions } from '../import/options.js'
import type { Asked } from './database.js'

type Wish = Partial<ImportOptions> & Pick<ImportOptions, 'table'>

/** One import into a database, as its pieces come. */
export class Importing {
  next = 0

  constructor(private readonly database: Asked, private readonly name = 'one') {}

  begin(wish: Wish): unknown {
    this.next = 0
    return this.ask('begin', JSON.stringify({ format: 'csv', header: true, onError: 'abort', ...wish }))
  }

  /** Gives a piece, and turns until all of it was worked on. */
  rows(text: string | Buffer, storageBytes?: number): unknown {
    for (let bytes = Buffer.from(text); ; bytes = Buffer.alloc(0)) {
      const answer = this.ask('rows', this.next++, bytes, storageBytes)
      if ((answer as { left?: boolean }).left !== true) return answer
    }
  }

  end(): unknown {
    return this.ask('end')
  }

  abort(): unknown {
    return this.ask('abort')
  }

  /** All of it, in pieces of so many bytes: what it came to. */
  whole(wish: Wish, text: string | Buffer, pieceBytes = 50_000): unknown {
    const bytes = Buffer.from(text)
    const begun = this.begin(wish) as { code?: string }
    if (begun.code !== undefined) return begun
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const answer = this.rows(bytes.subarray(at, at + pieceBytes)) as { left?: boolean }
      if (answer.left === undefined) return answer
    }
    return this.end()
  }

  private ask(deed: string, detail: string | number | null = null, bytes?: Buffer, storageBytes?: number): unknown {
    return this.database.ask({ language: 'import', text: '', params: [deed, this.name, detail], ...(bytes && { bytes }) }, storageBytes)
  }
}
