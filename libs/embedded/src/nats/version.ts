export type Version = readonly [number, number, number]

/** Older servers lose acknowledged messages after a crash, or never deliver some. */
export const oldestNats: Version = [2, 12, 4]

/** Reads `nats-server: v2.14.0` and the like; undefined for any other text. */
export const versionIn = (text: string): Version | undefined => {
  const match = /(\d+)\.(\d+)\.(\d+)/.exec(text)
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined
}

export const isOlder = (one: Version, other: Version): boolean => {
  const index = one.findIndex((number, place) => number !== other[place])
  return index >= 0 && (one[index] ?? 0) < (other[index] ?? 0)
}

/** The sentence that refuses `version`; undefined when it is new enough. */
export const refusalOf = (version: Version, whose: string): string | undefined => isOlder(version, oldestNats)
  ? `${whose} is NATS ${version.join('.')}, and this program needs ${oldestNats.join('.')} or later: install a newer nats-server, or name one in NATS_URL.`
  : undefined
