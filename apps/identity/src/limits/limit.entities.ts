import { EntitySchema } from 'typeorm'

interface Guesses {
  readonly subject: Buffer
  /** Whose password is guessed at, whatever the place. */
  readonly name: Buffer | null
  readonly failed: number
  /** How many are being looked at now. */
  readonly pending: number
  /** When those count as failed, because nobody is left to say how they went. */
  readonly lapsesAt: Date
  readonly waitsUntil: Date
  readonly forgottenAt: Date
}

export const GuessesEntity = new EntitySchema<Guesses>({
  name: 'Guesses',
  tableName: 'guesses',
  columns: {
    subject: { type: 'bytea', primary: true },
    name: { type: 'bytea', nullable: true },
    failed: { type: 'integer' },
    pending: { type: 'integer' },
    lapsesAt: { name: 'lapses_at', type: 'timestamptz' },
    waitsUntil: { name: 'waits_until', type: 'timestamptz' },
    forgottenAt: { name: 'forgotten_at', type: 'timestamptz' },
  },
})

interface AllowanceUsed {
  readonly scope: string
  readonly subject: Buffer
  readonly wholeAt: Date
}

export const AllowanceEntity = new EntitySchema<AllowanceUsed>({
  name: 'Allowance',
  tableName: 'allowances',
  columns: { scope: { type: 'text', primary: true }, subject: { type: 'bytea', primary: true }, wholeAt: { name: 'whole_at', type: 'timestamptz' } },
})

interface FamiliarPlace {
  readonly place: Buffer
  readonly seenAt: Date
}

export const FamiliarPlaceEntity = new EntitySchema<FamiliarPlace>({
  name: 'FamiliarPlace',
  tableName: 'familiar_places',
  columns: { place: { type: 'bytea', primary: true }, seenAt: { name: 'seen_at', type: 'timestamptz', default: () => 'now()' } },
})
