import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'

const keptDays = 90
const batch = 10_000

/** From where each account has logged in before. There its wrong passwords are counted apart, so that strangers lock nobody out at home. */
@Injectable()
export class FamiliarPlaces {
  constructor(private readonly source: DataSource) {}

  async remember(place: Buffer): Promise<void> {
    await this.source.query(
      `INSERT INTO familiar_places AS f (place) VALUES ($1)
       ON CONFLICT (place) DO UPDATE SET seen_at = now() WHERE f.seen_at < now() - interval '1 day'`, [place])
  }

  async clean(): Promise<void> {
    await this.source.query(
      `DELETE FROM familiar_places WHERE place IN (SELECT place FROM familiar_places WHERE seen_at < now() - make_interval(days => $1) LIMIT $2)`, [keptDays, batch])
  }
}
