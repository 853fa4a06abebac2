/** Milliseconds to wait before the attempt after `failures` failed ones: fast at first, at most a second, never in step with others. */
export const backoffMs = (failures: number, random: () => number = Math.random): number =>
  Math.min(1_000, 20 * 2 ** Math.min(failures, 6)) * (0.5 + random() / 2)
