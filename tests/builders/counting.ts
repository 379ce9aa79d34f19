import type { Scope } from '#platform/scope.ts'

/** A scope that counts the statements its reads run: a page's cost must not grow with its rows. */
export function countingReads<S extends Scope>(scope: S): { scope: S; queries(): number } {
  let queries = 0
  const counting: S = {
    ...scope,
    read: (work) =>
      scope.read((tx) =>
        work({
          ...tx,
          sql: (text, values, name) => {
            queries++
            return tx.sql(text, values, name)
          },
        }),
      ),
  }
  return { scope: counting, queries: () => queries }
}
