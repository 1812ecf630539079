/** The signing secret of a webhook endpoint at Stripe, wherever it is set. */
export const STRIPE_SECRET = /^whsec_[\x21-\x7e]{1,4090}$/;

/** Completes a sentence that begins with what must be one. */
export const STRIPE_SECRET_RULE = 'must be the signing secret of the webhook endpoint at Stripe: whsec_ and what follows it, in printable ASCII only';
