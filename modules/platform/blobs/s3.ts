import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { LIMITS } from '../limits.ts'
import { type BlobStore, checkedBlobKey } from './port.ts'

export interface S3Options {
  endpoint: string
  region: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
}

/**
 * Blobs in an S3-compatible bucket, for more than one machine. The bucket stays private: people get files through us, under
 * addresses we sign. Durable when `put` resolves, because a store answers only after it has replicated.
 */
export function createS3Blobs(options: S3Options): BlobStore & { close(): void } {
  const client = new S3Client({
    endpoint: options.endpoint,
    region: options.region,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    // Buckets in the path: self-hosted stores rarely have a name per bucket.
    forcePathStyle: true,
    // Checksums beyond what S3 always had are refused by several compatible stores.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    requestHandler: { requestTimeout: LIMITS.providerTimeoutMs, connectionTimeout: LIMITS.connectTimeoutMs },
  })
  const place = (key: string) => ({ Bucket: options.bucket, Key: checkedBlobKey(key) })
  return {
    async put(key, bytes) {
      await client.send(new PutObjectCommand({ ...place(key), Body: bytes, ContentLength: bytes.byteLength }))
    },
    async get(key, range) {
      if (range && range.last < range.first) return new Uint8Array()
      try {
        const answer = await client.send(
          new GetObjectCommand({ ...place(key), ...(range ? { Range: `bytes=${range.first}-${range.last}` } : {}) }),
        )
        return (await answer.Body?.transformToByteArray()) ?? new Uint8Array()
      } catch (error) {
        const { name } = error as { name?: string }
        if (name === 'NoSuchKey' || name === 'NotFound') return null
        if (name === 'InvalidRange') return new Uint8Array()
        throw error
      }
    },
    async delete(key) {
      await client.send(new DeleteObjectCommand(place(key)))
    },
    close: () => client.destroy(),
  }
}
