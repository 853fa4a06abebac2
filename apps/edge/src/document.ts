import { openApiDocument } from '@tenantry/contracts'
import { tagDescriptions } from '@tenantry/dialects-featurebase'
import { operations } from './operations.js'

/** The OpenAPI document of the whole system, as it is reached at `publicUrl`. */
export const wholeDocument = (publicUrl: string): object => openApiDocument(operations, {
  title: 'Tenantry', version: '2', serverUrl: publicUrl, tags: tagDescriptions,
  description: 'A self-hosted database cloud: organisations, people, keys and databases, and one gateway that runs SQL on them.',
})
