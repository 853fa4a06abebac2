import { Written } from '../store/json.js'

/** A text that has digits which a number of JavaScript may lose. */
const mayLose = /[\d.]{16}|\d[eE]/

interface Context { readonly source?: string }

const asWritten = (_key: string, value: unknown, context?: Context): unknown =>
  typeof value === 'number' && context?.source !== undefined ? new Written(context.source) : value

/** Reads JSON; where a number of it could lose digits, all are kept as they are written. Throws for what is no JSON. */
export const readExactly = (text: string): unknown => mayLose.test(text) ? JSON.parse(text, asWritten) : JSON.parse(text)
