import { EntitySchema } from 'typeorm'
import type { InviteFacts, LinkKind } from '../links/link.entity.js'

/** A mail that is still to be sent. It names an address that somebody asked for, whether anybody has it here or not. */
export interface Letter {
  readonly id: string
  readonly kind: LinkKind
  readonly emailKey: string
  /** The invite that a letter of its kind is about. */
  readonly about: InviteFacts | null
  readonly createdAt: Date
  readonly tryAt: Date
  readonly attempts: number
}

export const LetterEntity = new EntitySchema<Letter>({
  name: 'Letter',
  tableName: 'letters',
  columns: {
    id: { type: 'uuid', primary: true },
    kind: { type: 'text' },
    emailKey: { name: 'email_key', type: 'text' },
    about: { type: 'jsonb', nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz', default: () => 'now()' },
    tryAt: { name: 'try_at', type: 'timestamptz', default: () => 'now()' },
    attempts: { type: 'integer', default: 0 },
  },
})
