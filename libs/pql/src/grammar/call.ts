import { callNameOf, ruleOf, type CallForm, type CallName } from '../calls.js'
import { refuseDepth, refuseSyntax } from '../refusals.js'
import { codeAt, endOfField, endOfName, reach, textFrom, type Scanner } from '../scanner.js'
import type { Argument, Call } from '../tree.js'
import { beginsArgument, readArgument } from './argument.js'
import { addArgument, draft, type Draft } from './build.js'
import { readColumnPlace, readFieldPlace, readProgramsPlace, readTimePlace, readTimesPlace } from './places.js'
import { openSign, readClose, readComma, readOpen } from './signs.js'

/** A call is a name with a parenthesis right behind it. */
const beginsCall = (scanner: Scanner): boolean => {
  const end = endOfName(scanner, scanner.at)
  reach(scanner, 'IDENT', scanner.at, end)
  return end > scanner.at && codeAt(scanner, end) === openSign
}

const reachField = (scanner: Scanner): void => reach(scanner, 'fieldExpr', scanner.at, endOfField(scanner, scanner.at))

/** What may stand behind an argument's comma by its place; nothing but the call's end follows it. */
const placesBehind = (scanner: Scanner, into: Draft, form: CallForm): readonly Argument[] | undefined => {
  if (form === 'range' && into.args.length === 1) return readTimesPlace(scanner)
  const time = form === 'column and time' ? readTimePlace(scanner) : undefined
  return time && [time]
}

/** Arguments up to the call's end. `isOwed` says that a comma was read before them, and `mayOwe` that one may be read for nothing. */
const readArguments = (scanner: Scanner, into: Draft, form: CallForm, isOwed: boolean, mayOwe: boolean): void => {
  let owed = isOwed
  while (beginsArgument(scanner)) {
    addArgument(scanner, into, readArgument(scanner))
    owed = readComma(scanner)
    if (!owed) return
    const places = placesBehind(scanner, into, form)
    if (places) return places.forEach((one) => addArgument(scanner, into, one))
  }
  if (owed && !mayOwe) refuseSyntax(scanner)
  // A comma alone is the comma behind nothing.
  if (into.args.length === 0 && into.children.length === 0 && mayOwe) readComma(scanner)
}

/** Calls, then arguments: what may stand in any call. */
const readContent = (scanner: Scanner, into: Draft, form: CallForm, mayOwe: boolean): void => {
  while (beginsCall(scanner)) {
    into.children.push(readCall(scanner))
    if (!readComma(scanner)) return
    if (form === 'store') reachField(scanner)
  }
  const programs = form === 'programs' ? readProgramsPlace(scanner) : []
  programs.forEach((one) => addArgument(scanner, into, one))
  if (programs.length === 0) readArguments(scanner, into, form, into.children.length > 0, mayOwe)
}

const readColumnForm = (scanner: Scanner, into: Draft, form: CallForm): void => {
  const column = readColumnPlace(scanner)
  if (!column) return readContent(scanner, into, 'generic', true)
  addArgument(scanner, into, column)
  readArguments(scanner, into, form, true, false)
}

const readFieldForm = (scanner: Scanner, into: Draft): void => {
  const field = readFieldPlace(scanner)
  if (field) addArgument(scanner, into, field)
  readContent(scanner, into, 'field', !field || (scanner.text.startsWith('field=', field.at) && !beginsCall(scanner)))
}

const readForm = (scanner: Scanner, into: Draft, form: CallForm): void => {
  if (form === 'column' || form === 'column and time') return readColumnForm(scanner, into, form)
  if (form === 'field') return readFieldForm(scanner, into)
  if (form === 'one argument' || form === 'range') reachField(scanner)
  readContent(scanner, into, form, true)
}

const readAs = (scanner: Scanner, isNested: boolean): Call => {
  const at = scanner.at
  scanner.depth += 1
  if (scanner.depth > scanner.maxDepth) refuseDepth(scanner)
  scanner.at = endOfName(scanner, at)
  const written = textFrom(scanner, at)
  const known = callNameOf(written)
  const into = draft()
  readOpen(scanner)
  readForm(scanner, into, known && !isNested ? ruleOf(known).form : 'generic')
  readClose(scanner)
  scanner.depth -= 1
  // A name that is unknown is refused by the check of the tree, before anybody else sees it.
  return { name: known ?? written as CallName, children: into.children, args: into.args, at }
}

/** The call at the scanner, where `beginsCall` was seen. */
const readCall = (scanner: Scanner): Call => readAs(scanner, false)

/** A call that is an argument's value: nothing in it is said by its place. */
export const readNestedCall = (scanner: Scanner): Call => readAs(scanner, true)

/** A call where only a call may stand. */
export const readTopCall = (scanner: Scanner): Call => beginsCall(scanner) ? readCall(scanner) : refuseSyntax(scanner)
