import { eventSchemas, streamOf, streams, type EventSubject } from './events.js'

describe('the catalogue of events', () => {
  it('gives every subject a stream of its owner', () => {
    for (const subject of Object.keys(eventSchemas) as EventSubject[]) expect(Object.values(streams)).toContain(streamOf(subject))
  })

  it('has no field that could carry a secret', () => {
    for (const schema of Object.values(eventSchemas)) {
      expect(Object.keys(schema.shape).filter((name) => /password|secret|token|hash|digest/i.test(name))).toEqual([])
    }
  })
})
