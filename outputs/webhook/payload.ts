import { createHmac, hash } from 'node:crypto';
import { alertDocument, type AlertFormat, documentLines } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { mergeHeaders } from '../../src/output/headers.ts';
import { wayHeaders } from '../../src/output/loop.ts';
import { alertTemplateData, compileTemplate } from '../../src/template/index.ts';
import type { WebhookSettings } from './settings.ts';

export interface WebhookBody {
  readonly text: string;
  readonly contentType: string;
  /** Why the template was not used. */
  readonly templateError?: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** The body of one request. */
export function webhookBody(
  settings: Pick<WebhookSettings, 'body' | 'format' | 'bodyTemplate' | 'contentType'>,
  deliveries: readonly Delivery[],
): WebhookBody {
  const { body, format, bodyTemplate = '', contentType } = settings;
  if (body === 'template') {
    return templated(deliveries[0] as Delivery, bodyTemplate, contentType ?? JSON_TYPE);
  }
  const text = WRITERS[body](deliveries, format);
  return { text, contentType: contentType ?? (body === 'ndjson' ? NDJSON_TYPE : JSON_TYPE) };
}

const NDJSON_TYPE = 'application/x-ndjson';

const WRITERS = {
  alert: ([delivery]: readonly Delivery[], format: AlertFormat) =>
    alertDocument(delivery as Delivery, format),
  array: (deliveries: readonly Delivery[], format: AlertFormat) =>
    `[${deliveries.map((delivery) => alertDocument(delivery, format)).join(',')}]`,
  ndjson: documentLines,
} as const;

/**
 * A template that fails must cost no alert: the alert then goes as JSON. So it does where a template
 * that writes JSON wrote none, because a field has a quote in it.
 */
function templated(delivery: Delivery, template: string, contentType: string): WebhookBody {
  try {
    const text = compileTemplate(template).execute(alertTemplateData(delivery.alert));
    if (IS_JSON.test(contentType)) JSON.parse(text);
    return { text, contentType };
  } catch (error) {
    const templateError = error instanceof SyntaxError ? 'not JSON' : 'failed';
    return { text: delivery.json, contentType: JSON_TYPE, templateError };
  }
}

const IS_JSON = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * The headers of one request, in lower case; its alerts have come the same way. Configured ones go
 * before ours, except what tells a receiver about the delivery.
 */
export function webhookHeaders(
  settings: Pick<WebhookSettings, 'headers' | 'signingSecret'>,
  deliveries: readonly Delivery[],
  body: WebhookBody,
  nowMs: number,
): Record<string, string> {
  const { signingSecret } = settings;
  return {
    ...mergeHeaders({ 'content-type': body.contentType }, settings.headers),
    'idempotency-key': idempotencyKey(deliveries),
    'tocsin-delivery-count': String(deliveries.length),
    ...wayHeaders(deliveries[0] as Delivery),
    ...(body.templateError !== undefined && { 'tocsin-template-error': body.templateError }),
    ...(signingSecret !== undefined && {
      'tocsin-signature': signature(signingSecret, Math.floor(nowMs / 1000), body.text),
    }),
  };
}

/** The same for every resend of the same alerts, and for no others. */
export function idempotencyKey(deliveries: readonly Delivery[]): string {
  const keys = deliveries.map(({ key }) => key);
  return keys.length === 1 ? (keys[0] as string) : hash('sha256', keys.join(), 'hex').slice(0, 32);
}

/**
 * `t=<seconds since 1970>,v1=<hex>`, where the second is HMAC-SHA256 (RFC 2104) under the secret over
 * `<t>.<body>`. The time is signed so that a receiver can refuse what somebody recorded.
 */
export function signature(secret: string, timeS: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${timeS}.${body}`).digest('hex');
  return `t=${timeS},v1=${mac}`;
}
