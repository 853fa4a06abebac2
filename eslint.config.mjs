import { law } from './tools/lint/law.mjs'

export default law(import.meta.dirname)
