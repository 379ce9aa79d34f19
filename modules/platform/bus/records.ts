import { LIMITS } from '../limits.ts'
import { partitionOf } from './partition.ts'
import type { BusRecord } from './port.ts'
import { type Topic, topicIn } from './topics.ts'

/** A record ready to be written by either adapter. */
export interface Encoded {
  topic: string
  partition: number
  key: string
  value: string
  sizeBytes: number
}

/**
 * Turns records into what is stored. Throws on what no adapter could ever write, because a record that fails for ever would
 * take the others of its commit with it: an unknown topic, an empty, long or NUL-bearing key, a value that is too large.
 */
export function encodeRecords(topics: readonly Topic[], records: readonly BusRecord[]): Encoded[] {
  return records.map(({ topic: name, key, value }) => {
    const topic = topicIn(topics, name)
    if (key.length === 0 || key.length > LIMITS.busKeyChars || key.includes('\0'))
      throw new Error(`not a key for ${name}: ${key.length} characters`)
    const text = JSON.stringify(value)
    if (text === undefined) throw new Error(`a record for ${name} has no value`)
    const sizeBytes = Buffer.byteLength(text) + Buffer.byteLength(key)
    if (sizeBytes > LIMITS.busRecordBytes)
      throw new Error(`a record for ${name} has ${sizeBytes} bytes, ${LIMITS.busRecordBytes} are allowed`)
    return { topic: name, partition: partitionOf(key, topic.partitions), key, value: text, sizeBytes }
  })
}
