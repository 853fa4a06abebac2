/**
 * What stands in an answer's JSON in place of a value that cannot be shown as it is: an object with an empty name, and a text that begins with
 * its kind. No text of a tenant looks like that inside JSON, where a quote has a backslash before it; a JSON column may, and then is only
 * read once more.
 */
export const marks = { overflow: 'i', bytes: 'x', missing: 'n', tooMany: 'r' } as const
export const markStart = '{"":"'
export const marked = (kind: keyof typeof marks, rest = ''): string => `${markStart}${marks[kind]}${rest}"}`
