import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { childrenOf, commandOf } from './process-tree.js'
import type { Random } from './random.js'

const firstNumber = async (file: string): Promise<number | undefined> => {
  const number = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0])
  return Number.isInteger(number) && number > 1 ? number : undefined
}

/** The process ids of the servers below a folder, by the files that they keep. */
export const postmasterOf = (folder: string): Promise<number | undefined> => firstNumber(path.join(folder, 'postgres', 'postmaster.pid'))
export const natsOf = (folder: string): Promise<number | undefined> => firstNumber(path.join(folder, 'nats', 'nats.pid'))

/** Any one process that Postgres runs for itself or for a session. */
export const postgresWorkerOf = async (folder: string, random: Random): Promise<number | undefined> => {
  const postmaster = await postmasterOf(folder)
  const workers = postmaster === undefined ? [] : await childrenOf(postmaster)
  return workers.length === 0 ? undefined : random.pick(workers)
}

export const engineChildOf = async (host: number | undefined, random: Random): Promise<number | undefined> => {
  const children = host === undefined ? [] : await childrenOf(host)
  return children.length === 0 ? undefined : random.pick(children)
}

export const childNamed = async (parent: number | undefined, word: string): Promise<number | undefined> => {
  const children = parent === undefined ? [] : await childrenOf(parent)
  const commands = await Promise.all(children.map(commandOf))
  return children.find((_, at) => commands[at]?.includes(word))
}
