import { randomBytes } from 'node:crypto'

interface ErrorText {
  /** HTTP status of the answer, when the code comes as one. */
  status: number
  title: string
  details?: string
}

/** Meta's error codes (error code reference, 2025-11): what tests and scripts may ask for by number. */
const CATALOGUE: Readonly<Record<number, ErrorText>> = {
  0: { status: 401, title: 'AuthException', details: 'We were unable to authenticate the app user.' },
  1: { status: 400, title: 'An unknown error occurred' },
  2: { status: 503, title: 'Service temporarily unavailable' },
  3: { status: 500, title: 'Application does not have the capability to make this API call.' },
  4: { status: 400, title: 'Application request limit reached' },
  10: { status: 403, title: 'Application does not have permission for this action' },
  33: { status: 400, title: 'Parameter value is not valid', details: 'The business phone number has been deleted.' },
  100: { status: 400, title: 'Invalid parameter' },
  190: { status: 401, title: 'Error validating access token: The session has been invalidated because the user changed their password.' },
  200: { status: 403, title: 'Permissions error' },
  368: { status: 403, title: 'Temporarily blocked for policies violations' },
  80007: { status: 400, title: 'Rate limit issues' },
  130429: { status: 400, title: 'Rate limit hit', details: 'Cloud API message throughput has been reached.' },
  130472: {
    status: 400,
    title: "User's number is part of an experiment",
    details: "Message was not sent because this user's phone number is part of an experiment.",
  },
  130497: { status: 403, title: 'Business account is restricted from messaging users in this country.' },
  131000: { status: 500, title: 'Something went wrong' },
  131005: { status: 403, title: 'Access denied' },
  131008: { status: 400, title: 'Required parameter is missing' },
  131009: { status: 400, title: 'Parameter value is not valid' },
  131016: { status: 500, title: 'Service unavailable' },
  131021: { status: 400, title: 'Recipient cannot be sender' },
  131026: { status: 400, title: 'Message undeliverable', details: 'Message Undeliverable.' },
  131030: { status: 400, title: 'Recipient phone number not in allowed list' },
  131031: { status: 403, title: 'Business Account locked' },
  131037: { status: 400, title: 'Display name approval is needed before messages can be sent.' },
  131042: {
    status: 400,
    title: 'Business eligibility payment issue',
    details: 'Message failed to send because there were one or more errors related to your payment method.',
  },
  131045: { status: 500, title: 'Incorrect certificate' },
  131047: {
    status: 400,
    title: 'Re-engagement message',
    details: 'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  },
  131048: {
    status: 400,
    title: 'Spam rate limit hit',
    details: 'Message failed to send because there are restrictions on how many messages can be sent from this phone number.',
  },
  131049: {
    status: 400,
    title: 'This message was not delivered to maintain healthy ecosystem engagement.',
    details: 'In order to maintain a healthy ecosystem engagement, the message failed to be delivered.',
  },
  131050: {
    status: 400,
    title: 'Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business.',
  },
  131051: { status: 400, title: 'Unsupported message type' },
  131052: { status: 400, title: 'Media download error' },
  131053: { status: 400, title: 'Media upload error' },
  131056: {
    status: 400,
    title: '(Business Account, Consumer Account) pair rate limit hit',
    details:
      'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.',
  },
  131057: { status: 500, title: 'Account in maintenance mode' },
  131062: { status: 400, title: 'Business-scoped user id is not allowed for this message' },
  131063: { status: 400, title: 'Marketing messages are disabled on Cloud API for this number' },
  131064: { status: 400, title: 'Template violation limit reached' },
  132000: { status: 400, title: 'Number of parameters does not match the expected number of params' },
  132001: { status: 404, title: 'Template name does not exist in the translation' },
  132005: { status: 400, title: 'Translated text too long' },
  132007: { status: 400, title: 'Template format character policy violated' },
  132008: { status: 400, title: 'Template parameter format mismatch' },
  132012: { status: 400, title: 'Parameter format does not match format in the created template' },
  132015: { status: 400, title: 'Template is paused' },
  132016: { status: 400, title: 'Template is disabled' },
  132068: { status: 400, title: 'Flow is blocked' },
  132069: { status: 400, title: 'Flow is throttled' },
  133004: { status: 503, title: 'Server temporarily unavailable' },
  133010: { status: 400, title: 'Phone number not registered' },
  133016: { status: 400, title: 'Account register deregister rate limit exceeded' },
  135000: { status: 400, title: 'Generic user error' },
  137000: { status: 400, title: 'Identity key hash mismatch' },
}

export const ERROR_PAGE = 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/'

export function errorText(code: number): ErrorText {
  return CATALOGUE[code] ?? { status: 400, title: 'Something went wrong' }
}

/** A refusal in the provider's own words; thrown by rules, turned into the envelope at the edge. */
export class GraphError extends Error {
  override name = 'GraphError'
  readonly status: number
  readonly envelope: Record<string, unknown>

  constructor(
    readonly code: number,
    details?: string,
    options: { status?: number; type?: string; subcode?: number; message?: string; userTitle?: string } = {},
  ) {
    const text = errorText(code)
    const said = options.message ?? `(#${code}) ${text.title}`
    super(details === undefined ? said : `${said}: ${details}`)
    const explained = details ?? text.details
    this.status = options.status ?? text.status
    this.envelope = {
      message: said,
      type: options.type ?? 'OAuthException',
      code,
      ...(options.subcode === undefined ? {} : { error_subcode: options.subcode }),
      ...(options.userTitle === undefined
        ? explained === undefined
          ? {}
          : { error_data: { messaging_product: 'whatsapp', details: explained } }
        : { is_transient: false, error_user_title: options.userTitle, error_user_msg: explained }),
      fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
    }
  }
}

/** The token opens nothing here. Graph says so with 190, whatever was asked for. */
export function invalidToken(): GraphError {
  return new GraphError(190, undefined, { message: 'Invalid OAuth access token - Cannot parse access token' })
}

/** No such object, or not with this token: Graph never tells which. */
export function unknownObject(id: string, method: string): GraphError {
  const verb = method === 'GET' ? 'get' : method === 'DELETE' ? 'delete' : 'post'
  return new GraphError(100, undefined, {
    type: 'GraphMethodException',
    subcode: 33,
    message: `Unsupported ${verb} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
  })
}
