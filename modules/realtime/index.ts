export { currentCursor } from './current-cursor.ts'
export { createHub, type Hub } from './hub.ts'
export type { DeliveryFrame, Frame, RowLoaders, Subscriber } from './types.ts'
