import { join } from 'node:path'
import { type Env, EnvError } from '../env.ts'
import { createDiskBlobs } from './disk.ts'
import type { BlobStore } from './port.ts'

/**
 * The blob store of this environment: S3 when it is configured, else files under WEFT_DATA_DIR.
 * @throws EnvError where Kafka says that there is more than one machine but files would lie on one of them
 */
export async function createBlobs(env: Env): Promise<BlobStore> {
  const { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = env
  if (S3_ENDPOINT && S3_BUCKET && S3_ACCESS_KEY_ID && S3_SECRET_ACCESS_KEY) {
    // Loaded only where it is used: the client weighs more than all else a worker holds.
    const { createS3Blobs } = await import('./s3.ts')
    return createS3Blobs({
      endpoint: S3_ENDPOINT,
      region: env.S3_REGION ?? 'us-east-1',
      bucket: S3_BUCKET,
      accessKeyId: S3_ACCESS_KEY_ID,
      secretAccessKey: S3_SECRET_ACCESS_KEY,
    })
  }
  if (env.KAFKA_BROKERS && !env.KAFKA_ALLOW_UNREPLICATED) {
    throw new EnvError(
      'S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be set: with Kafka, processes run on several machines and media can’t lie on one of them',
    )
  }
  return createDiskBlobs(join(env.WEFT_DATA_DIR, 'blobs'))
}
