import { EngineRefusal } from './embedded.js'
import type { QueryLimits } from './engine.js'

export const tooManyRows = ({ answerRows }: Pick<QueryLimits, 'answerRows'>): EngineRefusal =>
  new EngineRefusal('AnswerTooLarge', `The answer has more than ${answerRows} rows; ask for fewer with LIMIT.`)

export const answerTooLong = ({ answerBytes }: Pick<QueryLimits, 'answerBytes'>): EngineRefusal =>
  new EngineRefusal('AnswerTooLarge', `The answer is longer than ${answerBytes} bytes; ask for fewer rows or columns.`)

/** Of an answer to GraphQL, which has fields where SQL has columns. */
export const graphqlAnswerTooLong = ({ answerBytes }: Pick<QueryLimits, 'answerBytes'>): EngineRefusal =>
  new EngineRefusal('AnswerTooLarge', `The answer is longer than ${answerBytes} bytes; ask for fewer rows or fields.`)
