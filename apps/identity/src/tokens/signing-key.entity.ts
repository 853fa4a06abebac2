import type { PublicJwk } from '@tenantry/auth'
import { EntitySchema } from 'typeorm'

export interface SigningKeyRecord {
  readonly kid: string
  readonly publicJwk: PublicJwk
  readonly privateSealed: Buffer
  readonly createdAt: Date
  /** The newest key whose time has come signs; the others are there to be verified with. */
  readonly signsFrom: Date
}

export const SigningKeyEntity = new EntitySchema<SigningKeyRecord>({
  name: 'SigningKey',
  tableName: 'signing_keys',
  columns: {
    kid: { type: 'text', primary: true },
    publicJwk: { name: 'public_jwk', type: 'jsonb' },
    privateSealed: { name: 'private_sealed', type: 'bytea' },
    createdAt: { name: 'created_at', type: 'timestamptz', default: () => 'now()' },
    signsFrom: { name: 'signs_from', type: 'timestamptz' },
  },
})
