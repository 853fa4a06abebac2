import { Closing } from './closing.js'

it('closes what was opened last first, and goes on when something cannot be closed', async () => {
  const closed: string[] = []
  const closing = new Closing()
  closing.add('first', async () => { closed.push('first') })
  closing.add('second', async () => { throw new Error('stuck') })
  closing.add('third', async () => { closed.push('third') })
  expect((await closing.closeAll()).map(({ name }) => name)).toEqual(['second'])
  expect(closed).toEqual(['third', 'first'])
})

it('closes nothing twice', async () => {
  let count = 0
  const closing = new Closing()
  closing.add('one', async () => { count += 1 })
  await closing.closeAll()
  await closing.closeAll()
  expect(count).toBe(1)
})
