import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const version = 1
const nonceBytes = 12
const tagBytes = 16

export interface Sealer {
  /** `context` says where the value lives (table, column, row): it opens there and nowhere else. */
  seal(plain: Buffer | string, context: string): Buffer
  /** Throws CannotOpen, and says nothing more, whatever about the sealed value or its context is not as it was. */
  open(sealed: Buffer, context: string): Buffer
}

export class CannotOpen extends Error {
  constructor(reason: 'altered' | 'another key', keyId?: string) {
    super(reason === 'altered'
      ? 'A sealed value cannot be opened: it was altered, moved, or sealed with another key.'
      : `A sealed value cannot be opened: it was sealed with the key "${keyId}".`)
    this.name = 'CannotOpen'
  }
}

/**
 * Seals with AES-256-GCM. The first bytes name the format and the key, so that a key can be changed while old values are read;
 * they are authenticated together with the context.
 */
export const createSealer = (key: Buffer, keyId = '1'): Sealer => {
  const name = Buffer.from(keyId)
  if (key.length !== 32) throw new Error('A sealing key has 32 bytes.')
  if (name.length < 1 || name.length > 255) throw new Error('A sealing key\'s id has 1 to 255 bytes.')
  const head = Buffer.concat([Buffer.from([version, name.length]), name])
  return {
    seal: (plain, context) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(bound(head, context))
      const body = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([head, nonce, cipher.getAuthTag(), body])
    },
    open: (sealed, context) => {
      const parts = taken(sealed, head)
      const decipher = createDecipheriv('aes-256-gcm', key, parts.nonce, { authTagLength: tagBytes }).setAAD(bound(head, context)).setAuthTag(parts.tag)
      const opened = decipher.update(parts.body)
      try {
        return Buffer.concat([opened, decipher.final()])
      } catch {
        throw new CannotOpen('altered')
      }
    },
  }
}

/** Which key sealed this value; undefined when it is not a sealed value. */
export const keyIdOf = (sealed: Buffer): string | undefined => {
  const length = sealed[0] === version ? sealed[1] : undefined
  return length && sealed.length >= 2 + length + nonceBytes + tagBytes ? sealed.subarray(2, 2 + length).toString() : undefined
}

const bound = (head: Buffer, context: string): Buffer => Buffer.concat([head, Buffer.from(context)])

const taken = (sealed: Buffer, head: Buffer): { nonce: Buffer; tag: Buffer; body: Buffer } => {
  const keyId = keyIdOf(sealed)
  if (keyId === undefined) throw new CannotOpen('altered')
  if (!sealed.subarray(0, head.length).equals(head)) throw new CannotOpen('another key', keyId)
  const nonce = sealed.subarray(head.length, head.length + nonceBytes)
  const tag = sealed.subarray(head.length + nonceBytes, head.length + nonceBytes + tagBytes)
  return { nonce, tag, body: sealed.subarray(head.length + nonceBytes + tagBytes) }
}
