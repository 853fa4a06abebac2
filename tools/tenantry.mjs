#!/usr/bin/env node
// What is run beside the program: `npx tenantry admin …`, `npx tenantry sample`, `npx tenantry copy-featurebase`. Needs any Node from 20.19 on and nothing that has to be installed.
import { admin } from './admin/admin.mjs'
import { copyFeaturebase } from './copy-featurebase/copy-featurebase.mjs'
import { Fault } from './admin/fault.mjs'
import { sample } from './sample/sample.mjs'

const usage = `Usage: npx tenantry admin <command>
       npx tenantry sample
       npx tenantry copy-featurebase

  admin    see and mend what only an operator may; "npx tenantry admin --help" lists its commands
  sample   make a database with something in it; "npx tenantry sample --help" says how
  copy-featurebase   copy the tables of a FeatureBase server into a database; "npx tenantry copy-featurebase --help" says how

npm start starts the program itself.
`

const run = async ([what, ...rest]) => {
  if (what === 'admin') return await admin(rest, process.env)
  if (what === 'sample') return await sample(rest, process.env)
  if (what === 'copy-featurebase') return await copyFeaturebase(rest, process.env)
  if (what === '--help' || what === 'help') return usage
  throw Fault.usage(usage.trimEnd())
}

try {
  process.stdout.write(await run(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof Fault)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error.code
}
