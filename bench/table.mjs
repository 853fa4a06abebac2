/**
 * A figure: what it is called, its value with its unit, and what is required of it: `most` or `least`, or nothing where it only
 * explains another one.
 */
export const figure = (name, value, unit, required = {}) => ({ name, value: Number.isFinite(value) ? Number(value.toPrecision(4)) : null, unit, ...required })

const requirement = ({ most, least, unit }) => most !== undefined ? `<= ${most} ${unit}` : least !== undefined ? `>= ${least} ${unit}` : ''

const verdict = ({ value, most, least }) => {
  if (most === undefined && least === undefined) return ''
  return value !== null && value <= (most ?? Infinity) && value >= (least ?? -Infinity) ? 'kept' : 'MISSED'
}

/** Rows of text in columns. */
export const table = (figures) => {
  const rows = [['figure', 'measured', 'required', ''], ...figures.map((one) => [one.name, `${one.value} ${one.unit}`, requirement(one), verdict(one)])]
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join(' | ').trimEnd())
  return `${[lines[0], widths.map((width) => '-'.repeat(width)).join('-|-'), ...lines.slice(1)].join('\n')}\n`
}
