// Says whether an export of an org's record of deeds is whole and unchanged. Needs no server and nothing but this file and its folder:
//   node tools/verify-audit.mjs deeds.ndjson [--last <hash>] [--part]
// --last is the hash of the newest line as it was noted elsewhere: without it nobody can tell that lines are missing at the end.
// --part takes an export that does not begin with the first line.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { verifyChain } from './verify-audit/chain.mjs'

const wordsOf = ({ line, reason, lines, last }) =>
  reason === undefined ? `${lines} lines in one chain; the last hash is ${last}.` : `Line ${line} is the first that is broken: ${reason}.`

const usage = 'Say which file: node tools/verify-audit.mjs deeds.ndjson [--last <hash>] [--part]'

const run = async () => {
  const { values, positionals: [file] } = parseArgs({ allowPositionals: true, options: { last: { type: 'string' }, part: { type: 'boolean' } } })
  if (file === undefined) throw new Error(usage)
  const lines = createInterface({ input: createReadStream(file, 'utf8').on('error', (error) => lines.emit('error', error)), crlfDelay: Infinity })
  return await verifyChain(lines, values)
}

try {
  const seen = await run()
  process.stdout.write(`${wordsOf(seen)}\n`)
  process.exitCode = seen.reason === undefined ? 0 : 1
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
