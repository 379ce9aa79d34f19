/** Writes what arrives one by one in sets: while one set is written, the next one gathers. */
export interface Batches<Item> {
  /** Resolves when the item's set is written. */
  add(item: Item): Promise<void>
  /** Resolves when everything added so far is written. */
  drained(): Promise<void>
}

/** @param write is called for one set at a time and must settle by itself; what it throws reaches everybody in the set */
export function inBatches<Item>(write: (items: readonly Item[]) => Promise<void>, mostAtOnce: number): Batches<Item> {
  let waiting: { item: Item; resolve: () => void; reject: (error: unknown) => void }[] = []
  let writing: Promise<void> | null = null

  const run = async () => {
    // One turn later, so that what became ready in the same moment shares a set.
    await Promise.resolve()
    while (waiting.length > 0) {
      const set = waiting.slice(0, mostAtOnce)
      waiting = waiting.slice(mostAtOnce)
      try {
        await write(set.map(({ item }) => item))
        for (const { resolve } of set) resolve()
      } catch (error) {
        for (const { reject } of set) reject(error)
      }
    }
    writing = null
  }
  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        writing ??= run()
      }),
    drained: async () => {
      while (writing) await writing
    },
  }
}
