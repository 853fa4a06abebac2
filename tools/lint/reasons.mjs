/** A comment that switches a rule off says why behind two dashes. Reported above the first line, where no comment can switch it off. */
const disableNeedsReason = {
  meta: { type: 'problem', schema: [], messages: { reason: 'Line {{line}} switches a rule off without a reason: write it behind " -- ".' } },
  create: (context) => ({
    Program: () => {
      for (const { value, loc } of context.sourceCode.getAllComments()) {
        if (!/^\s*eslint-disable/.test(value) || /\s--\s+\S/.test(value)) continue
        context.report({ loc: { line: 0, column: 0 }, messageId: 'reason', data: { line: loc.start.line } })
      }
    },
  }),
}

export const reasons = { rules: { 'disable-needs-reason': disableNeedsReason } }
