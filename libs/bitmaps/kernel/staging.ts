// The window through which many columns, values or bytes cross the border of the module, at most this many bytes at a time.
export const STAGING: u32 = 524288
export const staging = memory.data(524288, 16)
