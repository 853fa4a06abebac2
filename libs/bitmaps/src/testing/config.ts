/** Whether tests run their full counts. */
export const isLong = process.env['TEST_LONG'] === '1'
