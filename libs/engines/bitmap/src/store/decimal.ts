/** `unscaled / 10 ** scale` with as many digits as it needs: 12.34, -0.5, 100. */
export const decimalText = (unscaled: bigint, scale: number): string => {
  const sign = unscaled < 0n ? '-' : ''
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${sign}${whole}${fraction && `.${fraction}`}`
}

/** A decimal at another scale. Digits past it are cut off, as the original does. */
export const rescaled = (unscaled: bigint, from: number, to: number): bigint =>
  from <= to ? unscaled * 10n ** BigInt(to - from) : unscaled / 10n ** BigInt(from - to)
