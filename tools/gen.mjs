// Writes the OpenAPI document of the native API, the client that is generated from it, and the page of errors. The tests fail when one is out of date.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { documentText } from './gen/document.mjs'
import { errorsText } from './gen/errors.mjs'
import { buildWhenStale } from './ready/build.mjs'
import { installedNode } from './ready/platform.mjs'

const root = path.resolve(import.meta.dirname, '..')
const client = path.join(root, 'libs/client')
const document = path.join(client, 'openapi.json')

await buildWhenStale(root, (line) => process.stderr.write(`${line}\n`))
const contracts = await import('../libs/contracts/dist/index.js')
const dialect = await import('../libs/dialects/featurebase/dist/index.js')

await writeFile(path.join(root, 'docs/errors.md'), errorsText(contracts, dialect))
await writeFile(document, documentText({ ...contracts, ...dialect }))
await promisify(execFile)(installedNode(root), [path.join(import.meta.dirname, 'gen/client.mjs'), document, path.join(client, 'src/generated')], { timeout: 60_000 })
