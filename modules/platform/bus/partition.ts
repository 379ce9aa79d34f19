/**
 * Which partition a key belongs to, computed here for both adapters and passed to Kafka explicitly: the same as the Java
 * client's DefaultPartitioner (murmur2 of the UTF-8 bytes, sign bit cleared), so that foreign producers agree with us.
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % partitions
}

const SEED = 0x9747b28c
const MIX = 0x5bd1e995

/** Austin Appleby's 32-bit MurmurHash 2 with Kafka's seed, as a signed integer (org.apache.kafka.common.utils.Utils.murmur2). */
export function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const whole = bytes.length & ~3
  let hash = SEED ^ bytes.length
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(view.getInt32(at, true), MIX)
    word = Math.imul(word ^ (word >>> 24), MIX)
    hash = Math.imul(hash, MIX) ^ word
  }
  const rest = bytes.length - whole
  if (rest >= 3) hash ^= view.getUint8(whole + 2) << 16
  if (rest >= 2) hash ^= view.getUint8(whole + 1) << 8
  if (rest >= 1) hash = Math.imul(hash ^ view.getUint8(whole), MIX)
  hash = Math.imul(hash ^ (hash >>> 13), MIX)
  return hash ^ (hash >>> 15)
}
