import ts from 'typescript'

/** What one loader or action says about who may call it. */
export interface RouteDemand {
  name: 'loader' | 'action'
  /** Null when it says nothing, or not on top where a reader looks for it. */
  says: 'public' | 'member' | 'ability' | null
  /** The permissions it asks for. */
  permissions: string[]
}

const DATA_EXPORTS = new Set(['loader', 'action'])

/**
 * Reads a route module's source: every exported loader and action must begin with `publicRoute()`, or with
 * `const scope = await requireScope(…)` and ask `requireAbility(scope, …)` or say `anyMember(scope)`.
 */
export function demandsOf(fileName: string, source: string): RouteDemand[] {
  const file = ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  return file.statements.flatMap((statement) => exportedFunctions(statement).map(([name, body]) => demandOf(name, body)))
}

function exportedFunctions(statement: ts.Statement): [string, ts.Node | undefined][] {
  if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
    // Re-exported from elsewhere: nobody can see what it demands, so it demands nothing.
    return statement.exportClause.elements.flatMap((element) =>
      DATA_EXPORTS.has(element.name.text) ? [[element.name.text, undefined] as [string, undefined]] : [],
    )
  }
  const isExported =
    ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)
  if (!isExported) return []
  if (ts.isFunctionDeclaration(statement) && statement.name && DATA_EXPORTS.has(statement.name.text))
    return [[statement.name.text, statement.body]]
  if (!ts.isVariableStatement(statement)) return []
  return statement.declarationList.declarations.flatMap((declaration) => {
    if (!ts.isIdentifier(declaration.name) || !DATA_EXPORTS.has(declaration.name.text)) return []
    const made = declaration.initializer
    const body = made && (ts.isArrowFunction(made) || ts.isFunctionExpression(made)) ? made.body : undefined
    return [[declaration.name.text, body] as [string, ts.Node | undefined]]
  })
}

function demandOf(name: string, body: ts.Node | undefined): RouteDemand {
  const demand: RouteDemand = { name: name as RouteDemand['name'], says: null, permissions: [] }
  if (!body || !ts.isBlock(body)) return demand
  const calls = callsIn(body)
  demand.permissions = calls
    .filter((call) => nameOf(call) === 'requireAbility')
    .map((call) => call.arguments[1]?.getText().replace(/^['"]|['"]$/g, '') ?? '')
  const first = body.statements[0]
  const opening = first ? callsIn(first).map(nameOf) : []
  if (opening.includes('publicRoute')) demand.says = 'public'
  else if (opening.includes('requireScope')) {
    if (demand.permissions.length > 0) demand.says = 'ability'
    else if (calls.some((call) => nameOf(call) === 'anyMember')) demand.says = 'member'
  }
  return demand
}

function callsIn(node: ts.Node): ts.CallExpression[] {
  const found: ts.CallExpression[] = []
  const visit = (at: ts.Node) => {
    if (ts.isCallExpression(at)) found.push(at)
    ts.forEachChild(at, visit)
  }
  visit(node)
  return found
}

function nameOf(call: ts.CallExpression): string {
  return ts.isIdentifier(call.expression) ? call.expression.text : ''
}
