import { parseEngineHostConfig } from './config.js'

describe('the configuration of an engine host', () => {
  it('needs nothing but a data folder', () => {
    expect(parseEngineHostConfig({ DATA_DIR: '/data' })).toEqual({
      dataFolder: '/data', socketPath: undefined, listen: undefined, adminPort: undefined, logLevel: 'info', warmChildren: 2, mostChildren: 8, orgChildren: 3,
      queriesInFlight: 32, childMemoryBytes: 512 * 1024 * 1024, temporaryBytes: 1024 * 1024 * 1024, drainSeconds: 10,
      bitmaps: { bitmapBytes: 384 * 1024 * 1024, mostWaiting: 100_000 },
    })
  })

  it('listens for other machines only with a secret', () => {
    expect(() => parseEngineHostConfig({ DATA_DIR: '/data', ENGINE_LISTEN: '0.0.0.0:7000' })).toThrow(/ENGINE_SECRET/)
    expect(() => parseEngineHostConfig({ DATA_DIR: '/data', ENGINE_LISTEN: '0.0.0.0:7000', ENGINE_SECRET: 'short' })).toThrow(/ENGINE_SECRET/)
    expect(parseEngineHostConfig({ DATA_DIR: '/data', ENGINE_LISTEN: '0.0.0.0:7000', ENGINE_SECRET: 'sixteen letters!' }).listen)
      .toEqual({ host: '0.0.0.0', port: 7000, secret: 'sixteen letters!' })
  })

  it('names every wrong value at once', () => {
    expect(() => parseEngineHostConfig({ ENGINE_LISTEN: 'x', ADMIN_PORT: '70000', ENGINE_CHILDREN_WARM: '0' })).toThrow(/DATA_DIR[\s\S]*ENGINE_LISTEN[\s\S]*ADMIN_PORT[\s\S]*ENGINE_CHILDREN_WARM/)
  })

  it('has room for the warm children and a long statement', () => {
    expect(parseEngineHostConfig({ DATA_DIR: '/data', ENGINE_CHILDREN_WARM: '12' }).mostChildren).toBe(13)
  })
})
