/** One place in a JSON document and what stands there; items of an array share a place. */
export interface Shape {
  path: string
  type: string
}

/** Every key path of a document with its JSON type, sorted, each once. */
export function shapeOf(value: unknown, path = ''): Shape[] {
  const seen = new Map<string, Shape>()
  const visit = (current: unknown, at: string) => {
    if (Array.isArray(current)) {
      for (const item of current) visit(item, `${at}[]`)
    } else if (typeof current === 'object' && current !== null) {
      for (const [key, child] of Object.entries(current)) visit(child, at === '' ? key : `${at}.${key}`)
    } else {
      const shape = { path: at, type: current === null ? 'null' : typeof current }
      seen.set(`${shape.path} ${shape.type}`, shape)
    }
  }
  visit(value, path)
  return [...seen.values()].sort((a, b) => a.path.localeCompare(b.path))
}

/** What one has and the other lacks, as sentences; empty when the shapes are the same. */
export function differencesBetween(expected: readonly Shape[], actual: readonly Shape[]): string[] {
  const words = (shape: Shape) => `${shape.path}: ${shape.type}`
  const wanted = new Set(expected.map(words))
  const given = new Set(actual.map(words))
  return [
    ...[...wanted].filter((line) => !given.has(line)).map((line) => `missing ${line}`),
    ...[...given].filter((line) => !wanted.has(line)).map((line) => `extra ${line}`),
  ]
}
