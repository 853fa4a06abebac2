/** Why this checkout cannot be made ready, in one sentence for the person who started it. */
export class NotReady extends Error {}
