import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** What the page is made of, by name. The build puts it there; whoever made it says so in its licence. */
const types = {
  'graphiql.css': 'text/css; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'react.js': 'text/javascript; charset=utf-8',
  'react-dom.js': 'text/javascript; charset=utf-8',
  'graphiql.js': 'text/javascript; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
} as const

type Name = keyof typeof types

const names = Object.keys(types) as readonly Name[]
const folder = '/graphiql/'
const built = new URL('../../dist/assets/', import.meta.url)

export interface Asset {
  readonly type: string
  readonly bytes: Buffer
}

/** Everything comes from here, nothing is written into the page, and it speaks to nobody else. */
export const graphiqlPolicy = [
  'default-src \'none\'', 'script-src \'self\'', 'style-src \'self\'', 'img-src \'self\' data:', 'font-src data:', 'connect-src \'self\'',
  'frame-ancestors \'none\'', 'base-uri \'none\'', 'form-action \'none\'',
].join('; ')

export interface Graphiql {
  /** The page, which is the same for every database: it finds its own in the address. */
  page(): string
  /** What lies at a path below the page's folder; undefined when nothing does. */
  asset(path: string): Asset | undefined
}

/** GraphiQL, complete in itself. Its files are read when somebody first asks for it. */
export const createGraphiql = (): Graphiql => {
  const read = new Map<Name, Asset>()
  const assetOf = (name: Name): Asset => {
    const known = read.get(name)
    if (known) return known
    const asset = { type: types[name], bytes: readFileSync(new URL(name, built)) }
    read.set(name, asset)
    return asset
  }
  /** A file may be kept for good under an address that says what is in it. */
  const addressOf = (name: Name): string => `${folder}${name}?v=${createHash('sha256').update(assetOf(name).bytes).digest('hex').slice(0, 16)}`
  let made: string | undefined
  return {
    page: () => (made ??= pageOf(addressOf)),
    asset: (path) => {
      const name = path.startsWith(folder) ? names.find((one) => one === path.slice(folder.length)) : undefined
      return name && assetOf(name)
    },
  }
}

const pageOf = (addressOf: (name: Name) => string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>GraphiQL · Tenantry</title>
<link rel="stylesheet" href="${addressOf('graphiql.css')}"><link rel="stylesheet" href="${addressOf('page.css')}"></head>
<body><form id="credential"><label for="secret">API key or token</label>
<input id="secret" name="credential" type="password" autocomplete="off" spellcheck="false" placeholder="API key or token"><button>Use</button></form>
<div id="graphiql"></div>
<script src="${addressOf('react.js')}"></script>
<script src="${addressOf('react-dom.js')}"></script>
<script src="${addressOf('graphiql.js')}"></script>
<script src="${addressOf('page.js')}"></script>
</body></html>
`
