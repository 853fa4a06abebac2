// Writes the OpenAPI document of the native API and the client that is generated from it. The tests fail when either is out of date.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { documentText } from './gen/document.mjs'
import { buildWhenStale } from './ready/build.mjs'
import { installedNode } from './ready/platform.mjs'

const root = path.resolve(import.meta.dirname, '..')
const client = path.join(root, 'libs/client')
const document = path.join(client, 'openapi.json')

await buildWhenStale(root, (line) => process.stderr.write(`${line}\n`))
const { openApiDocument } = await import('../libs/contracts/dist/index.js')
const { operations, tagDescriptions } = await import('../libs/dialects/featurebase/dist/index.js')

await writeFile(document, documentText({ openApiDocument, operations, tagDescriptions }))
await promisify(execFile)(installedNode(root), [path.join(import.meta.dirname, 'gen/client.mjs'), document, path.join(client, 'src/generated')], { timeout: 60_000 })
