import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits. Whoever has them has the session; only their digest is kept. */
export const newRefreshToken = (): string => randomBytes(32).toString('base64url')

export const refreshDigest = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Figures of a login: how long it may last at all, how long it may rest, and how long a repeated renewal is forgiven. */
export const sessionLimits = { absoluteDays: 30, idleDays: 7, repeatSeconds: 10 } as const
