#!/usr/bin/env node
// What an operator runs beside the program: `npx tenantry admin …`. Needs any Node from 20.19 on and nothing that has to be installed.
import { admin } from './admin/admin.mjs'
import { Fault } from './admin/fault.mjs'

const usage = `Usage: npx tenantry admin <command>

  admin   see and mend what only an operator may; "npx tenantry admin --help" lists its commands

npm start starts the program itself.
`

const run = async ([what, ...rest]) => {
  if (what === 'admin') return await admin(rest, process.env)
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
