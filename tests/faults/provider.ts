import type { JournalEntry } from '#sandbox/journal.ts'

export interface ProviderState {
  pendingWebhooks: number
  scheduled: number
  held: number
  poster: { inFlight: number }
}

/** The sandbox's control API, and its journal read to the end: what the provider can swear to. */
export interface ProviderClient {
  post<Answer>(path: string, body?: unknown): Promise<Answer>
  clearBehaviours(): Promise<void>
  state(): Promise<ProviderState>
  readJournal(): Promise<JournalEntry[]>
}

const PAGE = 10_000

export function providerClient(sandboxUrl: string): ProviderClient {
  const control = `${sandboxUrl}/sandbox/control`
  const call = async <Answer>(method: string, url: string, body?: unknown): Promise<Answer> => {
    const answer = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    })
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${method} ${url}: ${await answer.text()}`)
    return (await answer.json()) as Answer
  }
  return {
    post: (path, body = {}) => call('POST', `${control}/${path}`, body),
    clearBehaviours: async () => void (await call('DELETE', `${control}/behaviours`)),
    state: () => call('GET', `${control}/state`),
    readJournal: async () => {
      const entries: JournalEntry[] = []
      for (let after = 0; ; ) {
        const page = await call<{ entries: JournalEntry[]; next: number; oldest: number }>(
          'GET',
          `${sandboxUrl}/sandbox/journal?after=${after}&limit=${PAGE}`,
        )
        if (page.oldest > 1) throw new Error('the journal forgot its beginning')
        for (const entry of page.entries) entries.push(entry)
        if (page.entries.length < PAGE) return entries
        after = page.next
      }
    },
  }
}
