import type { InboundInput } from '../control/inbound.ts'
import type { JournalEntry } from '../journal.ts'
import type { CustomerInput, NumberInput, TemplateInput } from '../options.ts'
import type { BehaviourInput } from '../whatsapp/behaviours.ts'
import type { ContentInput } from '../whatsapp/content-input.ts'
import type { Chat, Customer } from '../whatsapp/types.ts'

export interface SandboxState {
  now: string
  webhookUrl: string
  numbers: number
  customers: number
  messages: number
  pendingWebhooks: number
  scheduled: number
  held: number
  poster: { waiting: number; retrying: number; inFlight: number; delivered: number; refused: number; dropped: number }
}

export interface InboundAnswer {
  wamids: string[]
  webhookIds: string[]
  /** Webhooks that were not yet answered with 2xx. */
  pending: number
}

/** The answer of a Graph call; `body` is undefined when it was no JSON. */
export interface GraphAnswer {
  status: number
  // The shape is the provider's; tests look into it.
  body: Record<string, unknown> | undefined
}

/** What tests, the fault suite and benchmarks say to a sandbox over its control API. */
export type SandboxClient = ReturnType<typeof sandboxClient>

/** @param url address of the sandbox process; `publicPath` as in its options */
export function sandboxClient(url: string, publicPath = '/sandbox') {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${url}${publicPath}/${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return JSON.parse(text) as T
  }
  const journal = (after = 0, limit = 10_000) =>
    call<{ entries: JournalEntry[]; next: number; oldest: number }>('GET', `journal?after=${after}&limit=${limit}`)
  return {
    url,
    registerNumber: (input: NumberInput) => call<{ phoneNumberId: string }>('POST', 'control/numbers', input),
    saveCustomer: (input: CustomerInput) => call<Customer>('POST', 'control/customers', input),
    saveCustomers: (customers: CustomerInput[]) => call<{ customers: Customer[] }>('POST', 'control/customers', { customers }),
    changeCustomer: (id: string, change: CustomerInput) => call<Customer>('POST', `control/customers/${id}`, change),
    inbound: (input: InboundInput) => call<InboundAnswer>('POST', 'control/inbound', input),
    /** One message of one person. @returns its wamid */
    say: async (phoneNumberId: string, from: InboundInput['messages'][number]['from'], content: ContentInput | string): Promise<string> => {
      const said = typeof content === 'string' ? ({ type: 'text', text: content } as const) : content
      const { wamids } = await call<InboundAnswer>('POST', 'control/inbound', { phoneNumberId, messages: [{ from, content: said }] })
      return wamids[0] ?? ''
    },
    echo: (input: { phoneNumberId: string; to: { waId: string }; content: ContentInput }) =>
      call<{ wamid: string }>('POST', 'control/echoes', input),
    receipts: (receipts: { wamid: string; status: string; code?: number; copies?: number }[]) =>
      call<{ posted: number }>('POST', 'control/receipts', { receipts }),
    releaseReceipts: () => call<{ released: number }>('POST', 'control/receipts/release'),
    updates: (input: { wabaId: string; time?: number; changes: { field: string; value: Record<string, unknown> }[] }) =>
      call<{ webhookIds: string[] }>('POST', 'control/updates', input),
    raw: (input: { body: string; signature?: 'good' | 'bad' | 'none'; headers?: Record<string, string> }) =>
      call<{ status: number; body: string }>('POST', 'control/raw', input),
    behave: (input: BehaviourInput) => call<{ id: string }>('POST', 'control/behaviours', input),
    behaviours: () => call<{ behaviours: { id: string; struck: number }[] }>('GET', 'control/behaviours'),
    forgetBehaviours: () => call<{ done: true }>('DELETE', 'control/behaviours'),
    setTemplates: (wabaId: string, templates: TemplateInput[]) => call<{ done: true }>('PUT', `control/templates/${wabaId}`, { templates }),
    templates: (wabaId: string) => call<{ templates: Record<string, unknown>[] }>('GET', `control/templates/${wabaId}`),
    changeTemplate: (id: string, change: Record<string, string>) =>
      call<Record<string, unknown>>('POST', `control/templates/${id}/change`, change),
    chat: (phoneNumberId: string, customerId: string) => call<Chat>('GET', `control/chats/${phoneNumberId}/${customerId}`),
    setWebhook: (change: { url?: string; appSecret?: string; verifyToken?: string }) =>
      call<{ url: string }>('PUT', 'control/webhook', change),
    verifyWebhook: () => call<{ verified: boolean; problem: string | null }>('POST', 'control/webhook/verify'),
    advanceClock: (ms: number) => call<{ now: string }>('POST', 'control/clock', { advanceMs: ms }),
    state: () => call<SandboxState>('GET', 'control/state'),
    reset: () => call<{ done: true }>('POST', 'control/reset'),
    journal,
    /** The whole journal from a sequence on, page by page. */
    readJournal: async (after = 0): Promise<JournalEntry[]> => {
      const all: JournalEntry[] = []
      for (let next = after; ; ) {
        const page = await journal(next)
        if (page.entries.length === 0) return all
        all.push(...page.entries)
        next = page.next
      }
    },
    /** A Graph call as the product makes it. */
    graph: async (path: string, options: { token?: string; method?: string; body?: unknown } = {}): Promise<GraphAnswer> => {
      const { token, method = options.body === undefined ? 'GET' : 'POST', body } = options
      const form = body instanceof FormData
      const answer = await fetch(`${url}/graph/v25.0/${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : form ? body : JSON.stringify(body),
      })
      const text = await answer.text()
      return { status: answer.status, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : undefined }
    },
  }
}
