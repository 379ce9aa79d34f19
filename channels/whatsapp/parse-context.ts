import { LIMITS } from '#platform/limits.ts'
import type { InboundContext } from '../connector.ts'
import { type Fields, fields, id, present, text, webUrl } from './read.ts'

/** What a message answers, came from or was passed on from (section 5); nothing when it stands alone. */
export function contextOf(message: Fields): InboundContext | undefined {
  const context = fields(message.context)
  return present({
    replyToExternalId: id(context.id),
    forwarded: context.frequently_forwarded === true ? 'often' : context.forwarded === true ? 'once' : undefined,
    referral: referralOf(fields(message.referral)),
    referredProduct: referredProductOf(fields(context.referred_product)),
    groupId: id(message.group_id),
  } satisfies InboundContext)
}

function referralOf(referral: Fields): InboundContext['referral'] {
  return present({
    sourceUrl: webUrl(referral.source_url),
    sourceId: id(referral.source_id),
    sourceType: text(referral.source_type, LIMITS.nameChars),
    headline: text(referral.headline, LIMITS.captionChars),
    body: text(referral.body, LIMITS.captionChars),
    mediaUrl: webUrl(referral.image_url) ?? webUrl(referral.video_url),
    clickId: text(referral.ctwa_clid, LIMITS.urlChars),
  })
}

function referredProductOf(product: Fields): InboundContext['referredProduct'] {
  const productId = id(product.product_retailer_id)
  return productId === undefined ? undefined : { catalogId: id(product.catalog_id), productId }
}
