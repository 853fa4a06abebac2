import type { WaitingRun } from './waiting-run.js'

const fewest = 16

/**
 * Runs that wait, by their ids. A Map would do, but for the collector: each table that a Map has outgrown points to the next, so that
 * once one of them is old all later ones outlive their use, with every run that stood in them. Here a run has a place by its id, and
 * nothing is left of it when it has gone.
 */
export class WaitingRuns {
  private places: (WaitingRun | undefined)[] = new Array<WaitingRun | undefined>(fewest).fill(undefined)
  private count = 0

  get size(): number {
    return this.count
  }

  get(id: number): WaitingRun | undefined {
    const run = this.places[this.placeOf(id)]
    return run?.message.id === id ? run : undefined
  }

  /** Whether the place of this id is free without making more places. */
  hasPlaceFor(id: number): boolean {
    return this.places[this.placeOf(id)] === undefined
  }

  /** Adds a run; one with this id must not be here. */
  add(run: WaitingRun): void {
    while (this.count * 2 >= this.places.length || !this.hasPlaceFor(run.message.id)) this.grow()
    this.places[this.placeOf(run.message.id)] = run
    this.count += 1
  }

  /** Takes a run away; false when it is not here. */
  delete(id: number): boolean {
    if (this.get(id) === undefined) return false
    this.places[this.placeOf(id)] = undefined
    this.count -= 1
    return true
  }

  all(): readonly WaitingRun[] {
    return this.places.filter((run) => run !== undefined)
  }

  private placeOf(id: number): number {
    // The number of places is a power of two.
    return id & (this.places.length - 1)
  }

  /** Two ids that have a place each keep one each among twice as many. */
  private grow(): void {
    const runs = this.all()
    this.places = new Array<WaitingRun | undefined>(this.places.length * 2).fill(undefined)
    for (const run of runs) this.places[this.placeOf(run.message.id)] = run
  }
}
