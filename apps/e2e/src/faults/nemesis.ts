import { setTimeout as delay } from 'node:timers/promises'
import { audit } from './audit.js'
import type { Load } from './load.js'
import { signal } from './process-tree.js'
import type { Random } from './random.js'
import { type Target, readyAgain } from './target.js'

export interface Rules {
  readonly rounds: number
  /** After so many rounds everybody rests, and everything is looked at. */
  readonly auditEvery: number
  /** How often a victim is chosen before every other one has been; once by default. */
  readonly weights?: Readonly<Record<string, number>>
}

const convergeSeconds = 30
const shortestMs = 50
const longestMs = 500
const mostVictimsMissing = 50
// This share of the rounds strikes a system that works; the others come while something may still be on its way back.
const shareOfWorkingSystems = 0.3
const workingDeeds = 5
const workingSeconds = 4

/** Kills something in each round, at a moment of its own, and holds the system to its promises. Throws what they were broken by. */
export const torment = async (target: Target, load: Load, random: Random, { rounds, auditEvery, weights = {} }: Rules): Promise<Readonly<Record<string, number>>> => {
  const all = Object.keys(target.victims).flatMap((name) => Array.from({ length: weights[name] ?? 1 }, () => name))
  let hat: string[] = []
  const killed: Record<string, number> = {}
  const story: string[] = []
  for (let round = 1, missing = 0; round <= rounds; round += 1) {
    if (random.number() < shareOfWorkingSystems) await works(load)
    await delay(shortestMs + random.number() * (longestMs - shortestMs))
    if (hat.length === 0) hat = [...all]
    const name = random.pick(hat)
    const pid = await target.victims[name]?.()
    if (pid === undefined || !signal(pid, 'SIGKILL')) {
      // It is still on its way back: another one, another time.
      if ((missing += 1) > mostVictimsMissing) throw new Error(`Seed ${random.seed}: ${name} does not come back.\n${target.output().slice(-3_000)}`)
      round -= 1
      continue
    }
    missing = 0
    hat.splice(hat.indexOf(name), 1)
    killed[name] = (killed[name] ?? 0) + 1
    story.push(`${round} ${name}`)
    if (round % auditEvery === 0 || round === rounds) {
      await settled(target, load, `seed ${random.seed}, round ${round}, after ${story.slice(-auditEvery).join(', ')}`)
      if (round < rounds) load.start()
    }
  }
  return killed
}

const works = async ({ history }: Load): Promise<void> => {
  const before = history.count('done')
  for (const deadline = performance.now() + workingSeconds * 1_000; history.count('done') < before + workingDeeds && performance.now() < deadline;) await delay(20)
}

/** Lets everybody rest and the system heal, and looks at everything. Throws when something is wrong, or does not heal in time. */
export const settled = async (target: Target, load: Load, when: string): Promise<void> => {
  await load.rest()
  const told = (what: string): Error => new Error(`${what}\n${when}\n${whatWasSaid(load, what)}\n${errorsIn(target.output())}`)
  try {
    await readyAgain(target, convergeSeconds)
  } catch (error) {
    throw told(String(error))
  }
  let faults: readonly string[] = []
  for (const deadline = performance.now() + convergeSeconds * 1_000; performance.now() < deadline; await delay(200)) {
    faults = await audit(target, load).catch((error: unknown) => [String(error)])
    if (faults.length === 0) break
  }
  const all = [...faults, ...load.history.wrong]
  if (all.length > 0) throw told([...new Set(all)].slice(0, 30).join('\n'))
}

const mostErrors = 12

/** The requests about whatever a complaint names. */
const whatWasSaid = ({ history }: Load, complaint: string): string =>
  [...new Set(complaint.match(/[0-9a-f-]{36}|client\d+-\d+/g))].slice(0, 3).map((word) => history.about(word)).join('\n')

/** What the system itself took for an error, each kind once. */
const errorsIn = (output: string): string => {
  const kinds = new Map(output.split('\n').filter((line) => /"level":"(?:error|fatal)"/.test(line) || !line.startsWith('{')).map((line) => [line.replaceAll(/\d+|[0-9a-f]{8,}/g, '#').slice(0, 300), line]))
  return [...kinds.values()].slice(-mostErrors).map((line) => line.slice(0, 1_500)).join('\n')
}
