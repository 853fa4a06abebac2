import { createHash } from 'node:crypto'
import { createGraphiql, graphiqlPolicy } from './graphiql.js'

const graphiql = createGraphiql()
const addresses = [...graphiql.page().matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address)

it('is made of files that are served here, under addresses that say what is in them', () => {
  expect(addresses).toHaveLength(6)
  for (const address of addresses) {
    const [path = '', version] = address.split('?v=')
    const asset = graphiql.asset(path)
    if (!asset) throw new Error(`Nothing lies at ${path}.`)
    expect([address, createHash('sha256').update(asset.bytes).digest('hex').slice(0, 16)]).toEqual([address, version])
    expect(asset.type).toBe(path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8')
    expect(asset.bytes.length).toBeGreaterThan(100)
  }
})

it('needs nothing that its policy forbids: no script, style or handler is written into the page', () => {
  expect(graphiql.page()).not.toMatch(/<style|style=|\son\w+=|<script>|https?:|\/\//)
  expect(graphiqlPolicy).toContain('default-src \'none\'; script-src \'self\'; style-src \'self\';')
  expect(graphiqlPolicy).not.toMatch(/unsafe|\*/)
})

it('finds no other file, however it is asked for', () => {
  for (const path of ['/graphiql/', '/graphiql/package.json', '/graphiql/../own.js', '/graphiql/%2e%2e/own.js', '/graphiql/constructor', '/other/page.js', '/page.js']) {
    expect([path, graphiql.asset(path)]).toEqual([path, undefined])
  }
})
