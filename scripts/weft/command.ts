import type { z } from 'zod'
import type { Env } from '#platform/env.ts'
import type { WorkerContext } from '#workers/context.ts'

/** What commands that only need the environment are handed. */
export interface PlainContext {
  env: Env
}

/** One `weft <noun> <verb>`: its options as a schema, and what it does. */
export interface Command<Options = unknown> {
  /** As typed, e.g. `channel add whatsapp`. */
  name: string
  summary: string
  /** Words after the name, in order; each becomes an option of that name. */
  positionals: readonly string[]
  options: z.ZodType<Options>
  /** Example values shown in the usage, by option. */
  examples: Readonly<Record<string, string>>
  run:
    | { needs: 'environment'; work(context: PlainContext, options: Options): Promise<unknown> }
    | { needs: 'product'; work(context: WorkerContext, options: Options): Promise<unknown> }
}

/** Keeps the options' type together with what uses them. */
export function command<Options>(definition: Command<Options>): Command {
  return definition as Command
}

/** The command can't be done; the message is the sentence on stderr, exit 1. */
export class CommandFailed extends Error {
  override name = 'CommandFailed'
}

/** The words are wrong; the message says what would be right, exit 2. */
export class CommandUsage extends Error {
  override name = 'CommandUsage'
}
