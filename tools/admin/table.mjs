// What comes from records may hold anything; a terminal is to show it and not to obey it.
const shown = (value) => String(value ?? '-').replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')

/** Rows under their heads, each column as wide as its widest cell. */
export const table = (heads, rows) => {
  const cells = [heads, ...rows].map((row) => row.map(shown))
  const widths = heads.map((_, at) => Math.max(...cells.map((row) => row[at].length)))
  return cells.map((row) => `${row.map((cell, at) => cell.padEnd(widths[at])).join('  ').trimEnd()}\n`).join('')
}

const units = [[86_400, 'd'], [3_600, 'h'], [60, 'min'], [1, 's']]

/** How long ago a time was, in the largest unit that it fills. */
export const ago = (time, now = Date.now()) => {
  const seconds = Math.max(0, Math.round((now - new Date(time).getTime()) / 1_000))
  const [size, unit] = units.find(([length]) => seconds >= length) ?? units.at(-1)
  return `${Math.floor(seconds / size)} ${unit}`
}
