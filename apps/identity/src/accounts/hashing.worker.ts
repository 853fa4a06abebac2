import { setPriority } from 'node:os'
import bcrypt from 'bcrypt'

// Hashing takes every processor for as long as it lasts: what answers requests goes first. Elsewhere this would be the whole process.
const yields = 5
if (process.platform === 'linux') setPriority(0, yields)

export interface ToHash {
  readonly text: string
  readonly cost: number
}

export interface ToCompare {
  readonly text: string
  readonly hash: string
}

/** Runs in a thread of its own; `HashingThreads` calls it. */
export const hash = ({ text, cost }: ToHash): string => bcrypt.hashSync(text, cost)

export const compare = ({ text, hash: known }: ToCompare): boolean => bcrypt.compareSync(text, known)
