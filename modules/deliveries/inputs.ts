import { z } from 'zod'
import { idOf } from '#platform/ids.ts'

/** Which delivery a person settles. */
export const SettleDelivery = z.object({ deliveryId: idOf('delivery') })
export type SettleDelivery = z.infer<typeof SettleDelivery>
