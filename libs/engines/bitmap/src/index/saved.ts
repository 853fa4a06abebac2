import type { Column } from '@tenantry/bitmaps'
import { restored, stored } from '../store/ids.js'
import type { Statements } from '../store/statements.js'
import type { View } from '../store/time-quantum.js'
import type { Owner } from './changes.js'

interface SavedRow { view: bigint; row: bigint; bytes: Uint8Array }

/** Images of bitmaps, in the file beside the rows that they were made of. */
export class Saved {
  constructor(private readonly statements: Statements) {}

  * of(owner: Owner): Generator<{ readonly view: View; readonly row: Column; readonly image: Uint8Array }> {
    const statement = this.statements.get('SELECT view, row, bytes FROM saved_bitmaps WHERE owner = ?')
    statement.setReadBigInts(true)
    for (const { view, row, bytes } of statement.iterate(owner) as Iterable<unknown> as Iterable<SavedRow>) yield { view: Number(view), row: restored(row), image: bytes }
  }

  clear(owner: Owner): void {
    this.statements.run('DELETE FROM saved_bitmaps WHERE owner = ?', owner)
  }

  /** An empty image is kept as none. */
  put(owner: Owner, view: View, row: Column, image: Uint8Array | undefined): void {
    if (!image) this.statements.run('DELETE FROM saved_bitmaps WHERE owner = ? AND view = ? AND row = ?', owner, view, stored(row))
    else {
      this.statements.run('INSERT INTO saved_bitmaps (owner, view, row, bytes) VALUES (?, ?, ?, ?) ON CONFLICT (owner, view, row) DO UPDATE SET bytes = excluded.bytes',
        owner, view, stored(row), image)
    }
  }
}
