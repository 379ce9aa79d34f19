import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Logger } from '../log.ts'
import type { Instruments } from './instruments.ts'
import type { Bus } from './port.ts'
import type { BusTiming } from './timing.ts'

/** What both adapters are given. */
export interface BusContext {
  /** As `weft_worker`; what is parked lies here with either adapter. */
  database: Database
  clock: Clock
  log: Logger
  instruments: Instruments
  timing: BusTiming
}

/** An adapter: the bus, and what it wants done now and then by processes that consume. */
export interface BusAdapter extends Bus {
  housekeep(): Promise<void>
}
