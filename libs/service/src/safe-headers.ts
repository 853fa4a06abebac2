/** What every answer carries, whoever gives it and by whatever way: THE list. An API's answer is no page and loads nothing. */
export const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'content-security-policy': 'default-src \'none\'; frame-ancestors \'none\'',
  'cross-origin-resource-policy': 'same-origin',
} as const

/** The same for an answer that is meant for its caller alone, which is nearly every one. */
export const privateHeaders = { ...safeHeaders, 'cache-control': 'no-store' } as const

export const privateHeaderPairs: readonly (readonly [name: string, value: string])[] = Object.entries(privateHeaders)
