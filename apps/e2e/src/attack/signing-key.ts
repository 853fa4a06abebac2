import { type KeyObject, createDecipheriv, createPrivateKey, hkdfSync } from 'node:crypto'
import pg from 'pg'

const nonceBytes = 12
const tagBytes = 16

/** The key that identity signs with, as somebody would get at it who has its database and its sealing key. */
export const signingKeyOf = async (identity: Readonly<Record<string, string>>): Promise<KeyObject> => {
  const client = new pg.Client({ connectionString: identity['DATABASE_URL'], options: '-c search_path=identity', connectionTimeoutMillis: 10_000, statement_timeout: 10_000 })
  await client.connect()
  try {
    const { rows: [row] } = await client.query<{ kid: string; sealed: Buffer }>('SELECT kid, private_sealed AS sealed FROM signing_keys ORDER BY signs_from LIMIT 1')
    if (!row) throw new Error('Identity has no signing key.')
    return createPrivateKey({ key: opened(row.sealed, `signing_keys/private_sealed/${row.kid}`, identity['SEALING_KEY'] ?? ''), type: 'pkcs8', format: 'der' })
  } finally {
    await client.end()
  }
}

const opened = (sealed: Buffer, context: string, master: string): Buffer => {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(master, 'base64url'), 'tenantry', 'identity/signing-keys', 32))
  const head = sealed.subarray(0, 2 + (sealed[1] ?? 0))
  const nonce = sealed.subarray(head.length, head.length + nonceBytes)
  const body = head.length + nonceBytes + tagBytes
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    .setAAD(Buffer.concat([head, Buffer.from(context)])).setAuthTag(sealed.subarray(head.length + nonceBytes, body))
  return Buffer.concat([decipher.update(sealed.subarray(body)), decipher.final()])
}
