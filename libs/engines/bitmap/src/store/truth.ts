const truths: ReadonlyMap<string, boolean> = new Map([['1', true], ['t', true], ['true', true], ['0', false], ['f', false], ['false', false]])

/** What a cell says of yes and no, in whatever case; undefined for one that says neither. */
export const truthIn = (text: string): boolean | undefined => truths.get(text.toLowerCase())
