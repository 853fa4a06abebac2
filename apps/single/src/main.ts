// Nothing but this check is loaded before it: the rest of the program does not even parse on an older Node.
const oldestNode = 26

if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  process.stderr.write(`This is Node ${process.versions.node}, and Tenantry runs on Node ${oldestNode} or later: start it with npm start, which brings its own.\n`)
  process.exit(78)
}

const [{ runMain }, { runSingle }, { servicePlans }] = await Promise.all([import('@tenantry/service'), import('./run.js'), import('./services.js')])
runMain(() => runSingle(process.env, servicePlans, (line) => void process.stdout.write(`${line}\n`)))

export {}
