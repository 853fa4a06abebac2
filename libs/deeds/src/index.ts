export { type DeedRules, DeedsModule } from './deeds.module.js'
export { recordById, recordByName } from './entry.js'
export { RepeatEntity } from './repeat.entity.js'
export { forgetRepeats, repeatsTable } from './repeats.js'
