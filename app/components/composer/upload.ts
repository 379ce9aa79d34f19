import { type Answer, readAnswer } from '#app/live/ask.ts'
import type { ChannelKind } from '#channels/connector.ts'
import type { UploadView } from '#modules/files/index.ts'

/**
 * Sends one file to our server and tells how far it is. XMLHttpRequest, because `fetch` does not report what was sent.
 * Never rejects; an abort answers `unreachable`.
 */
export function upload(
  file: File,
  options: { channel: ChannelKind; onProgress(part: number): void; signal: AbortSignal },
): Promise<Answer<UploadView>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    const lost = () => resolve({ ok: false, code: navigator.onLine ? 'unreachable' : 'offline' })
    request.open('POST', `/api/uploads?${new URLSearchParams({ name: file.name, channel: options.channel })}`)
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('content-type', file.type || 'application/octet-stream')
    request.responseType = 'json'
    request.upload.onprogress = (event) => event.lengthComputable && options.onProgress(event.loaded / event.total)
    request.onload = () => void readAnswer<UploadView>({ json: async () => request.response }).then(resolve)
    request.onerror = lost
    request.onabort = lost
    options.signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}
