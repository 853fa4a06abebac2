import { type DataType, type TypedOperator, powerOfTen, scaleOf } from '@tenantry/featurebase-sql'
import { atScale, boundsOf, checked } from './align.js'
import type { Builder } from './builder.js'
import { leastInt, mostInt } from '../../store/field-options.js'
import { type Fragment, isShort } from './fragment.js'

type Bounds = readonly [bigint, bigint]

const spanned = (values: readonly bigint[]): Bounds => values.reduce<Bounds>(([least, most], value) => [value < least ? value : least, value > most ? value : most], [values[0] ?? 0n, values[0] ?? 0n])

const boundsAfter = (operator: '+' | '-' | '*', [a, b]: Bounds, [c, d]: Bounds): Bounds =>
  operator === '+' ? [a + c, b + d] : operator === '-' ? [a - d, b - c] : spanned([a * c, a * d, b * c, b * d])

const isWithin = ([least, most]: Bounds): boolean => least >= leastInt && most <= mostInt

const known = ([least, most]: Bounds): Pick<Fragment, 'least' | 'most'> => isWithin([least, most]) ? { least, most } : {}

/** + - * / % on numbers, at the scale of the result. */
export const arithmetic = (builder: Builder, operator: '+' | '-' | '*' | '/' | '%', left: Fragment, right: Fragment, type: DataType): Fragment => {
  if (left.constant === null || right.constant === null) return { text: 'NULL', type, constant: null }
  switch (operator) {
    case '+':
    case '-': return added(builder, operator, atScale(builder, left, scaleOf(type)), atScale(builder, right, scaleOf(type)), type)
    case '*': return multiplied(builder, left, right, type)
    default: return divided(builder, operator, left, right, type)
  }
}

const exactly = ({ functions }: Builder, operator: string, left: string, right: string, up = 0, down = 0): string => `${functions.exact()}('${operator}', ${left}, ${right}, ${up}, ${down})`

const added = (builder: Builder, operator: '+' | '-', left: Fragment, right: Fragment, type: DataType): Fragment => {
  const bounds = boundsAfter(operator, boundsOf(left), boundsOf(right))
  return { type, text: checked(`(${left.text} ${operator} ${right.text})`, exactly(builder, operator, left.text, right.text), isWithin(bounds)), ...known(bounds) }
}

const multiplied = (builder: Builder, left: Fragment, right: Fragment, type: DataType): Fragment => {
  const shift = scaleOf(type) - scaleOf(left.type) - scaleOf(right.type)
  const [up, down] = [Math.max(shift, 0), Math.max(-shift, 0)]
  const product = boundsAfter('*', boundsOf(left), boundsOf(right))
  const raised: Bounds = [product[0] * powerOfTen(up), product[1] * powerOfTen(up)]
  const lowered: Bounds = [raised[0] / powerOfTen(down), raised[1] / powerOfTen(down)]
  const scaled = `${left.text} * ${right.text}${up > 0 ? ` * ${powerOfTen(up)}` : ''}`
  const exact = exactly(builder, '*', left.text, right.text, up, down)
  // The product must be checked before it is divided: a real that is cut off is no integer's quotient.
  const text = down === 0 ? checked(`(${scaled})`, exact, isWithin(raised)) : isWithin(raised) ? `((${scaled}) / ${powerOfTen(down)})` : checkedQuotient(scaled, `(${scaled}) / ${powerOfTen(down)}`, exact)
  return { type, text, ...known(lowered) }
}

const checkedQuotient = (product: string, quotient: string, exact: string): string =>
  isShort({ text: product, type: { name: 'int' } }) ? `(CASE typeof(${product}) WHEN 'real' THEN ${exact} ELSE ${quotient} END)` : exact

const divided = (builder: Builder, operator: '/' | '%', left: Fragment, right: Fragment, type: DataType): Fragment => {
  const shift = operator === '%' ? 0 : scaleOf(type) - scaleOf(left.type) + scaleOf(right.type)
  const [up, down] = [Math.max(shift, 0), Math.max(-shift, 0)]
  const over = up > 0 ? `(${left.text} * ${powerOfTen(up)})` : left.text
  const under = down > 0 ? `(${right.text} * ${powerOfTen(down)})` : right.text
  const plain = `(${over} ${operator} ${under})`
  const exact = exactly(builder, operator, left.text, right.text, up, down)
  const [least, most] = boundsOf(left)
  const [low, high] = boundsOf(right)
  const isNeverZero = low > 0n || high < 0n
  const fits = isWithin([least * powerOfTen(up), most * powerOfTen(up)]) && isWithin([low * powerOfTen(down), high * powerOfTen(down)]) && (low > -1n || high < -1n || least > leastInt)
  if (isNeverZero && fits) return { type, text: plain }
  if (!isShort({ text: plain, type })) return { type, text: exact }
  return { type, text: `(CASE WHEN ${right.text} = 0${fits ? '' : ` OR typeof(${over}) = 'real' OR typeof(${under}) = 'real' OR typeof(${plain}) = 'real'`} THEN ${exact} ELSE ${plain} END)` }
}

/** & | << >> on whole numbers. */
export const bitwise = (builder: Builder, operator: Extract<TypedOperator, '&' | '|' | '<<' | '>>'>, left: Fragment, right: Fragment, type: DataType): Fragment => {
  const plain = `(${left.text} ${operator} ${right.text})`
  if (operator === '&' || operator === '|' || boundsOf(right)[0] >= 0n) return { type, text: plain }
  return { type, text: exactly(builder, operator, left.text, right.text) }
}

export const negated = (builder: Builder, operand: Fragment, type: DataType): Fragment =>
  arithmetic(builder, '-', { text: '0', type: operand.type, least: 0n, most: 0n, constant: 0n }, operand, type)
