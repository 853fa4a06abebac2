import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import * as contracts from '@tenantry/contracts'
import * as dialect from '@tenantry/dialects-featurebase'
import { documentText } from './gen/document.mjs'
import { errorsText } from './gen/errors.mjs'

const client = path.resolve(import.meta.dirname, '../libs/client')
const document = path.join(client, 'openapi.json')
const text = (file) => readFileSync(file, 'utf8')
const treeOf = (folder) => Object.fromEntries(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath, entry.name)).sort().map((file) => [path.relative(folder, file), text(file)]))

it('has the document that the operations describe: npm run gen changes nothing', () => {
  expect(text(document)).toBe(documentText({ ...contracts, ...dialect }))
})

it('has a page of errors with every problem that there is: npm run gen changes nothing', () => {
  const page = text(path.resolve(import.meta.dirname, '../docs/errors.md'))
  expect(page).toBe(errorsText(contracts, dialect))
  for (const code of Object.keys(contracts.problemKinds)) expect(page.split(`\n| \`${code}\` |`)).toHaveLength(2)
})

it('has the client that the document describes: npm run gen changes nothing', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenantry-client-'))
  try {
    await promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'gen/client.mjs'), document, folder], { timeout: 25_000 })
    expect(treeOf(folder)).toEqual(treeOf(path.join(client, 'src/generated')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
