import { Allowance } from './allowance.js'
import { Guesses } from './guesses.js'
import { refuseFor } from './too-many.js'

const minute = 60_000

describe('an allowance', () => {
  it('gives each caller so many, and one more when its time has come', () => {
    const allowance = new Allowance(3, 3 * minute)
    const use = (caller: string, atMs: number): number => {
      const waitMs = allowance.waitMs(caller, atMs)
      if (waitMs === 0) allowance.use(caller, atMs)
      return waitMs
    }
    expect([use('a', 0), use('a', 0), use('a', 0), use('a', 0), use('b', 0)]).toEqual([0, 0, 0, minute, 0])
    expect([use('a', minute / 2), use('a', minute), use('a', minute)]).toEqual([minute / 2, 0, minute])
  })

  it('gives no more after a long rest than at the start', () => {
    const allowance = new Allowance(2, minute)
    for (const atMs of [0, 100 * minute, 100 * minute]) allowance.use('a', atMs)
    expect(allowance.waitMs('a', 100 * minute)).toBe(minute / 2)
  })

  it('forgets the oldest caller sooner than it grows', () => {
    const allowance = new Allowance(1, minute, 2)
    for (const caller of ['a', 'b', 'c']) allowance.use(caller, 0)
    expect(['a', 'b', 'c'].map((caller) => allowance.waitMs(caller, 0))).toEqual([0, minute, minute])
  })
})

describe('guesses', () => {
  it('are free ten times, then wait twice as long each time, and never longer than a quarter of an hour', () => {
    const guesses = new Guesses()
    const waits = Array.from({ length: 24 }, () => {
      guesses.failed('ann', 0)
      return guesses.waitMs('ann', 0) / 1_000
    })
    expect(waits).toEqual([...Array(9).fill(0), 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900])
    expect([guesses.waitMs('ann', 900_000), guesses.waitMs('bob', 0)]).toEqual([0, 0])
  })

  it('start anew after the right password, and after a day', () => {
    const guesses = new Guesses()
    for (let guess = 0; guess < 12; guess++) guesses.failed('ann', 0)
    guesses.failed('ann', 25 * 60 * minute)
    expect(guesses.waitMs('ann', 25 * 60 * minute)).toBe(0)
    for (let guess = 0; guess < 12; guess++) guesses.failed('bob', 0)
    guesses.succeeded('bob')
    expect(guesses.waitMs('bob', 0)).toBe(0)
  })
})

it('says in whole seconds when to come again', () => {
  expect(() => refuseFor(0, 'no')).not.toThrow()
  expect(() => refuseFor(1_001, 'no')).toThrow(expect.objectContaining({ code: 'TooManyRequests', retryAfterSeconds: 2 }))
})
