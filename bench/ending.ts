/** What was started and not yet stopped, in that order. */
const running = new Set<() => Promise<void>>()

/**
 * Remembers how to stop what was just started, so that an interrupted benchmark leaves nothing behind.
 * @returns the same, which runs once however often it is called
 */
export function mustStop(stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | undefined
  const once = () => {
    stopping ??= stop().finally(() => running.delete(once))
    return stopping
  }
  running.add(once)
  return once
}

/** The last started first, because it may need the ones before. */
export async function stopAll(): Promise<void> {
  for (const stop of [...running].reverse()) await stop().catch((error: unknown) => console.error(error))
}
