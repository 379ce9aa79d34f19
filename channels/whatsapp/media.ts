import { createHash } from 'node:crypto'
import { LIMITS } from '#platform/limits.ts'
import type { ExtraOutcome, Http, HttpAnswer, MediaFile } from '../connector.ts'
import { ownError } from './errors.ts'
import { brokenOutcome, callGraph, getRequest, graphUrl, outcomeOf, type WhatsappCredentials, type WhatsappOptions } from './graph.ts'
import { type Fields, id, number, sha256Hex, text } from './read.ts'

/** Where Meta keeps files (sections 3 and 5). */
const META_HOSTS: readonly string[] = ['lookaside.fbsbx.com', '*.fbcdn.net', '*.whatsapp.net']

/**
 * Fetches a customer's file: asks for its address, which lives five minutes, then for its bytes. An address that has gone
 * (404) is asked for once more.
 */
export async function fetchMedia(
  options: WhatsappOptions,
  media: { providerMediaId: string; from: string; sha256?: string },
  credentials: WhatsappCredentials,
  http: Http,
): Promise<ExtraOutcome<MediaFile>> {
  const first = await fetchOnce(options, media, credentials, http)
  return first.kind === 'refused' && first.error.code === 'media_missing' ? fetchOnce(options, media, credentials, http) : first
}

async function fetchOnce(
  options: WhatsappOptions,
  media: { providerMediaId: string; from: string; sha256?: string },
  credentials: WhatsappCredentials,
  http: Http,
): Promise<ExtraOutcome<MediaFile>> {
  const url = graphUrl(options, [media.providerMediaId], { phone_number_id: media.from })
  const description = await callGraph(http, getRequest(url, credentials))
  if (description.kind !== 'done') return description
  const address = text(description.value.url, LIMITS.urlChars)
  if (!address || !isMediaAddress(options, address)) {
    return { kind: 'refused', error: ownError('media_host', `the file lies elsewhere: ${hostOf(address)}`) }
  }
  if ((number(description.value.file_size) ?? 0) > LIMITS.attachmentBytes) return tooLarge()
  const answer = await http({ ...getRequest(address, credentials), maxBytes: LIMITS.attachmentBytes })
  return fileOf(answer, description.value, media.sha256)
}

/** The token goes along, so only to the Graph API itself or, over TLS, to hosts that are known to be Meta's. */
function isMediaAddress(options: WhatsappOptions, address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || url.username || url.password) return false
  if (url.origin === new URL(options.graphUrl).origin) return true
  const hosts = options.mediaHosts ?? META_HOSTS
  return url.protocol === 'https:' && url.port === '' && hosts.some((host) => matches(url.hostname, host))
}

function matches(hostname: string, host: string): boolean {
  return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host
}

function hostOf(address: string | undefined): string {
  return address && URL.canParse(address) ? new URL(address).host : 'no address'
}

function fileOf(answer: HttpAnswer, description: Fields, expected: string | undefined): ExtraOutcome<MediaFile> {
  if (answer.kind === 'broken') return brokenOutcome(answer)
  if (answer.status === 404) return { kind: 'refused', error: ownError('media_missing', 'the file is gone') }
  if (answer.status !== 200) {
    const outcome = outcomeOf(answer)
    return outcome.kind === 'done' ? { kind: 'ambiguous', reason: `HTTP ${answer.status} instead of a file` } : outcome
  }
  const sha256 = createHash('sha256').update(answer.body).digest('hex')
  const known = [expected, sha256Hex(description.sha256)].filter((hash) => hash !== undefined)
  if (known.some((hash) => hash !== sha256)) {
    return { kind: 'refused', error: ownError('media_corrupted', 'the bytes are not the ones that were sent') }
  }
  const mimeType = text(description.mime_type, LIMITS.nameChars) ?? answer.headers['content-type'] ?? 'application/octet-stream'
  return { kind: 'done', value: { bytes: answer.body, mimeType: mimeType.toLowerCase() } }
}

function tooLarge(): ExtraOutcome<never> {
  return { kind: 'refused', error: ownError('media_too_large', `larger than ${LIMITS.attachmentBytes} bytes`) }
}

/** Puts a file at Meta's, where it is kept for 30 days (section 3). Uploading twice does no harm. */
export async function uploadMedia(
  options: WhatsappOptions,
  file: MediaFile & { from: string },
  credentials: WhatsappCredentials,
  http: Http,
): Promise<ExtraOutcome<{ providerMediaId: string }>> {
  if (file.bytes.byteLength > LIMITS.attachmentBytes) return tooLarge()
  const form = new FormData()
  form.set('messaging_product', 'whatsapp')
  form.set('type', file.mimeType)
  form.set('file', new Blob([new Uint8Array(file.bytes)], { type: file.mimeType }), file.fileName ?? 'file')
  const url = graphUrl(options, [file.from, 'media'])
  const outcome = await callGraph(http, { ...getRequest(url, credentials), method: 'POST', body: form })
  if (outcome.kind !== 'done') return outcome
  const providerMediaId = id(outcome.value.id)
  return providerMediaId === undefined
    ? { kind: 'ambiguous', reason: 'the answer names no file' }
    : { kind: 'done', value: { providerMediaId } }
}
