import { expect, test } from 'vitest'
import { ERROR_CLASSES } from '#channels/connector.ts'
import { deliveryReason } from './delivery-reasons.ts'
import en from './locales/en/index.ts'

/** Meta's table of error codes, as the connector treats them. */
const CODES =
  '0 1 2 3 4 10 33 100 190 200 210 299 368 80007 130429 130472 130497 131000 131005 131008 131009 131016 131021 131026 131030 131031 131037 131042 131045 131047 131048 131049 131050 131051 131052 131053 131056 131057 131062 131063 131064 132000 132001 132005 132007 132008 132012 132015 132016 132068 132069 133004 133010 133016 135000 137000'.split(
    ' ',
  )

test.each(CODES)('code %s has a reason of its own', (errorCode) => {
  expect(deliveryReason('whatsapp', { errorCode, errorClass: null })).not.toBe('unknown')
})

test.each(ERROR_CLASSES)('an unknown code of class %s is explained by its class', (errorClass) => {
  const reason = deliveryReason('whatsapp', { errorCode: '999999', errorClass })
  expect(en.delivery.reason[reason].advice).not.toBe('')
  expect(reason === 'unknown').toBe(errorClass === 'unknown')
})

test('a reason nobody uses would be words nobody reads', () => {
  const used = new Set([
    ...CODES.map((errorCode) => deliveryReason('whatsapp', { errorCode, errorClass: null })),
    ...ERROR_CLASSES.map((errorClass) => deliveryReason('whatsapp', { errorCode: null, errorClass })),
  ])
  expect(Object.keys(en.delivery.reason).filter((reason) => !used.has(reason as never))).toEqual([])
})
