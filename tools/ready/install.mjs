import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { alone } from './lock.mjs'
import { NotReady } from './not-ready.mjs'
import { nodePackage } from './platform.mjs'
import { firstLines, run } from './run.mjs'
import { digest, readStamp, removeStamp, writeStamp } from './stamp.mjs'

const quiet = {
  npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false', npm_config_loglevel: 'error',
  npm_config_fetch_retries: '2', npm_config_fetch_retry_mintimeout: '1000', npm_config_fetch_retry_maxtimeout: '5000',
}
const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ENOTCACHED|ECONNRESET|network/i

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Whether npm's own record of node_modules says the same as the lock file: true after `npm install` by hand. */
const recordAgrees = (root) => {
  const wanted = readJson(path.join(root, 'package-lock.json'))?.packages
  const present = readJson(path.join(root, 'node_modules', '.package-lock.json'))?.packages
  if (!wanted || !present) return false
  const isSettled = ([place, entry]) => {
    const found = present[place]
    if (place === '') return true
    return found ? found.version === entry.version && found.resolved === entry.resolved : entry.optional === true || entry.peer === true
  }
  return Object.entries(wanted).every(isSettled) && Object.keys(present).every((place) => place in wanted)
}

const npmProgram = () => {
  const fromNpm = process.env.npm_execpath
  const besideNode = path.join(path.dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js')
  const program = [fromNpm, besideNode].find((file) => file && existsSync(file))
  if (!program) throw new NotReady('npm was not found: run this through npm, for example npm start.')
  return program
}

// npm leaves out an optional package that asks for a newer Node than npm's own, so npm itself must run on the Node of this project.
const npmCi = (root) => {
  const npm = npmProgram()
  const { name, version } = nodePackage(root)
  const isNewEnough = Number(process.versions.node.split('.')[0]) >= Number(version.split('.')[0])
  const args = isNewEnough
    ? [npm, 'ci']
    : [path.join(path.dirname(npm), 'npx-cli.js'), '-y', '-p', `${name}@${version}`, 'node', npm, 'ci']
  return run(process.execPath, args, { cwd: root, env: { ...process.env, ...quiet } })
}

export const installWhenStale = async (root, say) => {
  const stamp = path.join(root, 'node_modules', '.tenantry-installed')
  const isFresh = () => readStamp(stamp) === digest(readFileSync(path.join(root, 'package-lock.json')))
  if (isFresh()) return
  await alone(root, say, async () => {
    const wanted = digest(readFileSync(path.join(root, 'package-lock.json')))
    if (isFresh()) return
    if (recordAgrees(root)) return writeStamp(stamp, wanted)
    say(existsSync(path.join(root, 'node_modules')) ? 'Installing packages again, because the lock file has changed …' : 'Installing packages …')
    removeStamp(stamp)
    const { code, output } = await npmCi(root)
    if (code !== 0 && offline.test(output)) {
      throw new NotReady(`The packages could not be installed because the package registry did not answer: go online and start again.\n${firstLines(output, 3)}`)
    }
    if (code !== 0) throw new NotReady(`The packages could not be installed; npm ci says:\n${firstLines(output, 12)}`)
    writeStamp(stamp, wanted)
  })
}
