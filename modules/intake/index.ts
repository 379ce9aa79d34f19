export { InboundEventSchema } from './inbound-event.ts'
export { receiveMessages } from './receive-messages.ts'
export type { ChannelFacts, IncomingEvent } from './types.ts'
