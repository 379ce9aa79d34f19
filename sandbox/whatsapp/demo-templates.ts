import type { TemplateInput } from '../options.ts'

/** What a shop that answers in three languages would have: each with examples, as Meta wants them. */
export const DEMO_TEMPLATES: readonly TemplateInput[] = [
  {
    name: 'order_update',
    language: 'en_US',
    category: 'UTILITY',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Your order {{1}}', example: { header_text: ['A-1042'] } },
      {
        type: 'BODY',
        text: 'Hello {{1}}, your order is on its way and should arrive by {{2}}. We will tell you when it is out for delivery.',
        example: { body_text: [['Maya', 'Thursday']] },
      },
      { type: 'FOOTER', text: 'Thank you for shopping with us' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Where is it now?' },
          { type: 'URL', text: 'Track parcel', url: 'https://shop.example.com/track/{{1}}', example: ['A-1042'] },
        ],
      },
    ],
  },
  {
    name: 'pick_up_where_we_left',
    language: 'en_US',
    category: 'UTILITY',
    parameter_format: 'NAMED',
    components: [
      {
        type: 'BODY',
        text: 'Hello {{first_name}}, we have an answer to your question about {{topic}}. May we send it here?',
        example: {
          body_text_named_params: [
            { param_name: 'first_name', example: 'Maya' },
            { param_name: 'topic', example: 'your refund' },
          ],
        },
      },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Yes, please' },
          { type: 'QUICK_REPLY', text: 'No, thank you' },
        ],
      },
    ],
  },
  {
    name: 'spring_offer',
    language: 'en_US',
    category: 'MARKETING',
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::aW1hZ2U'] } },
      { type: 'BODY', text: 'Hello {{1}}, everything green is 20% off until Sunday.', example: { body_text: [['Maya']] } },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'COPY_CODE', example: 'SPRING20' },
          { type: 'URL', text: 'See the offer', url: 'https://shop.example.com/spring' },
        ],
      },
    ],
  },
  {
    name: 'sign_in_code',
    language: 'en_US',
    category: 'AUTHENTICATION',
    components: [
      { type: 'BODY', text: '*{{1}}* is your verification code.', example: { body_text: [['123456']] } },
      { type: 'FOOTER', text: 'This code expires in 10 minutes.' },
      {
        type: 'BUTTONS',
        buttons: [{ type: 'URL', text: 'Copy code', url: 'https://www.whatsapp.com/otp/code/?code=otp{{1}}', example: ['otp123456'] }],
      },
    ],
  },
  {
    name: 'order_update',
    language: 'ar',
    category: 'UTILITY',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'طلبك رقم {{1}}', example: { header_text: ['A-1042'] } },
      {
        type: 'BODY',
        text: 'مرحبًا {{1}}، طلبك في الطريق إليك ومن المتوقع وصوله يوم {{2}}. سنخبرك عند خروجه للتوصيل.',
        example: { body_text: [['أحمد', 'الخميس']] },
      },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'أين هو الآن؟' }] },
    ],
  },
  {
    name: 'order_update',
    language: 'id',
    category: 'UTILITY',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Pesanan {{1}}', example: { header_text: ['A-1042'] } },
      {
        type: 'BODY',
        text: 'Halo {{1}}, pesanan Anda sedang dalam perjalanan dan diperkirakan tiba hari {{2}}. Kami akan mengabari lagi.',
        example: { body_text: [['Siti', 'Kamis']] },
      },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Di mana sekarang?' }] },
    ],
  },
  {
    name: 'feedback_request',
    language: 'en_US',
    category: 'MARKETING',
    status: 'PENDING',
    components: [{ type: 'BODY', text: 'Hello {{1}}, how did we do? Your answer helps us.', example: { body_text: [['Maya']] } }],
  },
]
