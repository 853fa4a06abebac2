import { readFileSync, readdirSync } from 'node:fs'

const ticksPerSecond = 100
const read = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

// The command stands in brackets and may hold anything: what follows the last one is fields.
const fieldsOf = (pid) => read(`/proc/${pid}/stat`)?.replace(/^.*\) /s, '').split(' ')
const parentOf = (pid) => Number(fieldsOf(pid)?.[1])

/** A process and everything that descends from it and lives. */
export const treeOf = (root) => {
  const children = new Map()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(name)
    children.set(parent, [...children.get(parent) ?? [], Number(name)])
  }
  const tree = [root]
  for (const pid of tree) tree.push(...children.get(pid) ?? [])
  return tree.filter((pid) => fieldsOf(pid) !== undefined)
}

/** Microseconds of processor time that a tree has used so far, by those of it that live. */
export const processorMicros = (root) => treeOf(root).reduce((total, pid) => {
  const fields = fieldsOf(pid)
  return total + (fields ? (Number(fields[11]) + Number(fields[12])) * 1_000_000 / ticksPerSecond : 0)
}, 0)

// Short and the same at each run: a script by its place in the tree, a Postgres by what it is for, anything else by its program.
const nameOf = (pid) => {
  const line = read(`/proc/${pid}/cmdline`) ?? ''
  const words = line.split('\0').filter(Boolean)
  const script = words.find((word) => /\.m?js$/.test(word))
  if (script) return script.split('/').slice(-4).join('/')
  if (line.startsWith('postgres: ')) return line.replaceAll('\0', '').split(' ').slice(0, 3).join(' ').replace(/ tenantry$/, '').trim()
  return words[0]?.split('/').at(-1) ?? read(`/proc/${pid}/comm`)?.trim()
}

/** The proportional memory of each process of a tree, in MB. */
export const memoryOf = (root) => treeOf(root).map((pid) => ({
  name: nameOf(pid), megabytes: Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0) * 1024 / 1_000_000,
}))
