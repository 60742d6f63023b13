import ts from 'typescript'

/**
 * One wrong way to write a place of a source file. `into` is what stands there instead; for a statement that is left out it is empty.
 * @typedef {{ start: number, end: number, line: number, kind: string, from: string, into: string, isStatement: boolean }} Mutation
 */

const { SyntaxKind: Kind } = ts

/** Each operator, and what it is mistaken for. */
const MISTAKEN = new Map([
  [Kind.AmpersandAmpersandToken, '||'],
  [Kind.BarBarToken, '&&'],
  [Kind.LessThanToken, '<='],
  [Kind.LessThanEqualsToken, '<'],
  [Kind.GreaterThanToken, '>='],
  [Kind.GreaterThanEqualsToken, '>'],
  [Kind.EqualsEqualsEqualsToken, '!=='],
  [Kind.ExclamationEqualsEqualsToken, '==='],
  [Kind.PlusToken, '-'],
  [Kind.MinusToken, '+'],
  [Kind.AsteriskToken, '/'],
  [Kind.SlashToken, '*'],
  [Kind.PlusEqualsToken, '-='],
  [Kind.MinusEqualsToken, '+='],
])

const ASSIGNMENTS = new Set(['-=', '+='])

const MISTAKEN_CALLS = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['some', 'every'],
  ['every', 'some'],
])

/** From here on one more is no other number: such as 5,001 ms for 5,000. */
const LARGE_NUMBER = 100

/**
 * Every mutation of a source, in its order.
 * @param {string} text
 * @returns {Mutation[]}
 */
export const mutationsOf = (text) => {
  const source = parse(text)
  /** @type {Mutation[]} */
  const found = []
  const textOf = (/** @type {ts.Node} */ node) => text.slice(node.getStart(source), node.end)
  const add = (/** @type {ts.Node} */ node, /** @type {string} */ kind, into = '', isStatement = false) => {
    const start = node.getStart(source)
    const line = source.getLineAndCharacterOfPosition(start).line + 1
    found.push({ start, end: node.end, line, kind, from: textOf(node), into, isStatement })
  }
  /** The text of a node with one part of it replaced. */
  const withPart = (/** @type {ts.Node} */ node, /** @type {ts.Node} */ part, /** @type {string} */ into) =>
    `${text.slice(node.getStart(source), part.getStart(source))}${into}${text.slice(part.end, node.end)}`

  const visit = (/** @type {ts.Node} */ node) => {
    // Types are gone before anything runs.
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return
    if (ts.isTypeAliasDeclaration(node) || ts.isExportDeclaration(node)) return
    if (ts.isIfStatement(node)) addConditions(node.expression)
    if (ts.isConditionalExpression(node)) addConditions(node.condition)
    if (ts.isWhileStatement(node)) add(node.expression, 'condition', 'false')
    if (ts.isBinaryExpression(node)) visitBinary(node)
    if (ts.isPrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken) {
      add(node, 'negation removed', textOf(node.operand))
    }
    if (ts.isNumericLiteral(node) && !isName(node)) {
      const value = Number(node.text)
      add(node, 'number', String(value < LARGE_NUMBER ? value + 1 : value * 2))
    }
    // With a space in it, it is for people.
    if (ts.isStringLiteral(node) && !isName(node) && !node.text.includes(' ')) {
      add(node, 'string', node.text === '' ? "'mutant'" : "''")
    }
    if (
      ts.isTemplateExpression(node) &&
      !textOf(node)
        .replaceAll(/\$\{.*?\}/gs, '')
        .includes(' ')
    )
      add(node, 'string', "''")
    if (node.kind === Kind.TrueKeyword) add(node, 'boolean', 'false')
    if (node.kind === Kind.FalseKeyword) add(node, 'boolean', 'true')
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name } = node.expression
      const into = MISTAKEN_CALLS.get(name.text)
      if (into) add(node, 'call', withPart(node, name, into))
      if (name.text === 'filter') add(node, 'call removed', textOf(node.expression.expression))
    }
    if (isChainEnd(node)) {
      for (const dot of optionalDots(node)) {
        const isMember = ts.isPropertyAccessExpression(dot.parent)
        add(node, 'optional chain', withPart(node, dot, isMember ? '.' : ''))
      }
    }
    if (ts.isExpressionStatement(node) || ts.isReturnStatement(node) || ts.isThrowStatement(node)) {
      add(node, 'statement removed', '', true)
    }
    if (ts.isArrowFunction(node) && ts.isVoidExpression(node.body)) add(node.body, 'statement removed', 'undefined')
    ts.forEachChild(node, visit)
  }

  const addConditions = (/** @type {ts.Expression} */ condition) => {
    add(condition, 'condition', 'true')
    add(condition, 'condition', 'false')
  }

  const visitBinary = (/** @type {ts.BinaryExpression} */ node) => {
    const { operatorToken: token, left } = node
    if (token.kind === Kind.QuestionQuestionToken) add(node, 'default removed', textOf(left))
    const into = MISTAKEN.get(token.kind)
    if (into) add(node, ASSIGNMENTS.has(into) ? 'assignment' : 'operator', withPart(node, token, into))
  }

  ts.forEachChild(source, visit)
  return found.sort((a, b) => a.start - b.start || b.end - a.end)
}

/**
 * The source with each of these mutations in it, none of which acts before `isMutant(id)` says so. The ids are those of `chosen`.
 * @param {string} text
 * @param {readonly (Mutation & { id: number })[]} chosen
 * @param {string} isMutant the name of a global function
 */
export const withSwitches = (text, chosen, isMutant = 'isMutant') => {
  const source = parse(text)
  const render = (/** @type {ts.Node} */ node) => {
    const start = node.getStart(source)
    const mine = chosen.filter(
      (mutation) => mutation.start === start && mutation.end === node.end && isOf(mutation, node),
    )
    let rendered = ''
    let from = start
    ts.forEachChild(node, (child) => {
      // Without what stands before it, such as comments, which are kept as they are.
      const childStart = child.getStart(source)
      rendered += text.slice(from, childStart) + render(child)
      from = child.end
    })
    rendered += text.slice(from, node.end)
    for (const { id, into, isStatement } of mine) {
      rendered = isStatement
        ? `{ if (!${isMutant}(${id})) ${rendered}\n}`
        : `(${isMutant}(${id}) ? (${into}) : (${rendered}))`
    }
    // After a line without a semicolon its parenthesis would be a call.
    return ts.isExpressionStatement(node) && rendered.startsWith('(') ? `{ ${rendered}\n}` : rendered
  }
  return text.slice(0, source.getStart()) + render(source)
}

const parse = (/** @type {string} */ text) => ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true)

/** A statement of one expression stands where its expression stands. */
const isOf = (/** @type {Mutation} */ { isStatement }, /** @type {ts.Node} */ node) =>
  isStatement ? ts.isStatement(node) : !ts.isStatement(node) && !ts.isSourceFile(node) && !ts.isIdentifierName(node)

/** A literal that names a member. */
const isName = (/** @type {ts.Node} */ node) => ts.isPropertyAssignment(node.parent) && node.parent.name === node

/** The whole of `a?.b.c()`: a part of it could not be replaced alone. */
const isChainEnd = (/** @type {ts.Node} */ node) => {
  if (!ts.isOptionalChain(node)) return false
  const { parent } = node
  return !(ts.isOptionalChain(parent) && parent.expression === node)
}

/** @returns {ts.Node[]} */
const optionalDots = (/** @type {ts.Node} */ node) => {
  if (!ts.isOptionalChain(node) && !ts.isNonNullExpression(node)) return []
  const { expression } = node
  const before = optionalDots(expression)
  return 'questionDotToken' in node && node.questionDotToken ? [...before, node.questionDotToken] : before
}
