// generated-statements.js <root> <statements> <texts>: runs so many of each and prints how many of each kind were answered. Ends with an
// error as soon as a promise is broken.
import { drawFrom } from '@tenantry/testing'
import fc from 'fast-check'
import { Grammar, type Kind, refusedKinds } from './grammar.js'
import { isAnswered, watchedDatabase } from './watched-database.js'

const [root = '', statements = '', texts = ''] = process.argv.slice(2)
const each = 250

const words = [
  'select', 'insert into', 'values', 'update', 'set', 'delete from', 'create table', 'create view', 'create trigger', 'create index', 'drop table', 'alter table', 'rename to',
  'attach', 'detach', 'vacuum', 'vacuum into', 'pragma', 'begin', 'commit', 'savepoint', 'explain', 'with', 'as', 'from', 'where', 'group by', 'order by', 'limit', 'union all',
  'returning', 'temp', 'virtual table', 'using', 'fts5', 'sqlite_master', 'sqlite_temp_master', 'writable_schema', 'journal_mode', 'synchronous', 'database_list', 'main', 't', 'u', 'a', 'b',
  '*', '(', ')', ',', ';', '=', '||', '\'x\'', '"t"', '1', '-1', '9e999', 'null', 'x\'00\'', '?', '?5', ':n', '--', '/*', '*/', '\0', '\n', 'load_extension', 'readfile', 'json_each', 'zeroblob', 'on', 'off',
]

const runStatements = (): ReadonlyMap<Kind, number> => {
  const grammar = new Grammar(drawFrom(26))
  const answered = new Map<Kind, number>()
  for (let done = 0; done < Number(statements); done += each) {
    const { database, written, checkAll } = watchedDatabase(root)
    for (let at = 0; at < each; at++) {
      const { kind, text } = grammar.statement()
      const access = at % 3 === 0 ? 'read' : 'write'
      const before = access === 'read' ? written() : undefined
      if (isAnswered(database, text, access, root)) answered.set(kind, (answered.get(kind) ?? 0) + 1)
      if (before !== undefined && written() !== before) throw new Error(`A reader wrote: ${text}`)
      if (refusedKinds.some((one) => one === kind) && answered.has(kind)) throw new Error(`A statement was answered that never may be (${kind}): ${text}`)
    }
    checkAll()
  }
  return answered
}

const runTexts = (): void => {
  const { database, checkAll } = watchedDatabase(root)
  fc.assert(fc.property(
    fc.array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: fc.string() }), { minLength: 1, maxLength: 14 }),
    fc.constantFrom('read' as const, 'write' as const),
    (parts, access) => void isAnswered(database, parts.join(' '), access, root),
  ), { seed: 26, numRuns: Number(texts) })
  checkAll()
}

const answered = runStatements()
if (Number(texts) > 0) runTexts()
process.stdout.write(JSON.stringify(Object.fromEntries(answered)))
