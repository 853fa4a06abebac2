/** Milliseconds of a processor that a work takes which does not wait: other programs on the machine take nothing from it and add nothing. */
export const processorMs = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
