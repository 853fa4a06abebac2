import { jest } from '@jest/globals'

// Jest knows one timeout for all projects; each project names its own in `globals`.
jest.setTimeout(globalThis.testSeconds * 1000)
