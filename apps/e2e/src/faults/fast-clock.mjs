// Loaded before a program (node --import): its clock goes ten times as fast, so that what it keeps for a minute is old after six
// seconds. Timers go on as they are.
const times = 10
const Clock = globalThis.Date
const began = Clock.now()
const now = () => began + (Clock.now() - began) * times

globalThis.Date = class extends Clock {
  constructor(...given) {
    super(...(given.length > 0 ? given : [now()]))
  }

  static now() {
    return now()
  }
}
