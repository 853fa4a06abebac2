import { docsPage } from './docs.js'
import { wholeDocument } from './document.js'

it('lists every operation and asks for nothing from elsewhere', () => {
  const page = docsPage(wholeDocument('http://localhost:8080'))
  expect(page).toContain('<code>/v2/databases/{database_id}/query/sql</code>')
  expect(page).not.toMatch(/<script|src=|@import|url\(/)
})

it('shows text as text', () => {
  expect(docsPage({ info: { title: '<b>"x"' }, paths: {} })).toContain('&lt;b&gt;&quot;x&quot;')
})
