import type { StoredTemplate } from '#modules/templates/template-view.ts'
import { newId } from '#platform/ids.ts'

/** A template as it is stored; approved and positional unless told otherwise. */
export const stored = (components: unknown, rest: Partial<StoredTemplate> = {}): StoredTemplate => ({
  id: newId('template'),
  channelAccountId: newId('channelAccount'),
  name: 'order_update',
  language: 'id',
  category: 'UTILITY',
  status: 'APPROVED',
  parameterFormat: 'positional',
  components,
  ...rest,
})
export const plain = stored([{ type: 'BODY', text: 'We are open again.' }])
export const positional = stored([
  { type: 'HEADER', format: 'TEXT', text: 'Hello {{1}}', example: { header_text: ['Pablo'] } },
  { type: 'BODY', text: 'Order {{1}} ships on {{2}}. Order {{1}}!', example: { body_text: [['860198', 'Friday']] } },
  { type: 'FOOTER', text: 'Reply STOP to stop' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'QUICK_REPLY', text: 'Thanks' },
      { type: 'URL', text: 'Track', url: 'https://shop.example/t/{{1}}', example: ['https://shop.example/t/860198'] },
      { type: 'PHONE_NUMBER', text: 'Call', phone_number: '15550051310' },
    ],
  },
])
export const named = stored(
  [
    {
      type: 'header',
      format: 'text',
      text: 'Sale from {{start}}',
      example: { header_text_named_params: [{ param_name: 'start', example: 'Monday' }] },
    },
    {
      type: 'body',
      text: 'Thank you, {{first_name}}! Your number is {{order_number}}.',
      example: {
        body_text_named_params: [
          { param_name: 'first_name', example: 'Pablo' },
          { param_name: 'order_number', example: '1' },
        ],
      },
    },
  ],
  { parameterFormat: 'named' },
)
export const image = stored([
  { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['x'] } },
  { type: 'BODY', text: 'Look' },
])
export const coupon = stored([
  { type: 'BODY', text: 'Use {{1}}', example: { body_text: [['25OFF']] } },
  { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', text: 'Copy offer code', example: ['25OFF'] }] },
])
export const authentication = stored(
  [
    { type: 'BODY', text: '*{{1}}* is your verification code.', add_security_recommendation: true, example: { body_text: [['123456']] } },
    { type: 'FOOTER', text: 'This code expires in 5 minutes.' },
    {
      type: 'BUTTONS',
      buttons: [{ type: 'URL', text: 'Copy code', url: 'https://www.whatsapp.com/otp/code/?code=otp{{1}}', example: ['otp123456'] }],
    },
  ],
  { category: 'AUTHENTICATION' },
)
