import { useCallback, useEffect, useRef, useState } from 'react'
import type { Refusal } from '#app/live/ask.ts'
import type { Capabilities, ChannelKind, MediaKind } from '#channels/connector.ts'
import { type Id, newId } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { type FileRefusal, mediaKindOf } from './media-kind.ts'
import { upload } from './upload.ts'

/** One file the person picked. `previewUrl` is a local address of its bytes. */
export interface Attachment {
  key: string
  file: File
  kind: MediaKind
  previewUrl: string
  /** 0 to 1. */
  progress: number
  uploadId: Id<'upload'> | null
  failure: Refusal['code'] | null
}
/** A file that was not taken, and why. */
export type RefusedFile = { name: string } & (FileRefusal | { why: 'too_many' })

/** The files of the message being written: checked, uploaded at once, removable and repeatable. */
export function useAttachments(channel: ChannelKind, capabilities: Capabilities) {
  const [attachments, setAttachments] = useState<Attachment[]>([])
  const [refused, setRefused] = useState<RefusedFile[]>([])
  const running = useRef(new Map<string, AbortController>())
  useEffect(() => {
    const uploads = running.current
    return () => {
      for (const each of uploads.values()) each.abort()
    }
  }, [])

  const change = useCallback((key: string, part: Partial<Attachment>) => {
    setAttachments((list) => list.map((entry) => (entry.key === key ? { ...entry, ...part } : entry)))
  }, [])
  const start = useCallback(
    async (key: string, file: File) => {
      const mine = new AbortController()
      running.current.set(key, mine)
      change(key, { progress: 0, failure: null })
      const answer = await upload(file, { channel, signal: mine.signal, onProgress: (progress) => change(key, { progress }) })
      running.current.delete(key)
      if (mine.signal.aborted) return
      change(key, answer.ok ? { uploadId: answer.value.id, kind: answer.value.kind, progress: 1 } : { failure: answer.code })
    },
    [change, channel],
  )
  const add = (files: readonly File[]) => {
    const room = LIMITS.attachmentsPerMessage - attachments.length
    const refusals: RefusedFile[] = files.slice(room).map(({ name }) => ({ name, why: 'too_many' }))
    for (const file of files.slice(0, room)) {
      const found = mediaKindOf(file, capabilities)
      if ('why' in found) {
        refusals.push({ name: file.name, ...found })
        continue
      }
      const key = newId('upload')
      setAttachments((list) => [
        ...list,
        { key, file, kind: found.kind, previewUrl: URL.createObjectURL(file), progress: 0, uploadId: null, failure: null },
      ])
      void start(key, file)
    }
    setRefused(refusals)
  }
  const remove = (key: string) => {
    running.current.get(key)?.abort()
    setAttachments((list) => list.filter((entry) => entry.key !== key))
  }
  const retry = (key: string) => {
    const entry = attachments.find((each) => each.key === key)
    if (entry) void start(key, entry.file)
  }
  /** Hands the files over to the messages that carry them; their previews live on there. */
  const clear = () => {
    setAttachments([])
    setRefused([])
  }
  return { attachments, refused, add, remove, retry, clear, forgetRefused: () => setRefused([]) }
}
