import { priorityTitle } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine } from '../../src/output/format.ts';
import { mergeHeaders } from '../../src/output/headers.ts';
import type { AlertRequest } from '../../src/output/post-alert.ts';
import type { CloudEventsSettings } from './settings.ts';

type Attributes = Readonly<Record<string, string>>;

/**
 * The attributes of an alert. A resend has the same `id`, and that with the same `source` means the
 * same event.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export function attributesOf(settings: CloudEventsSettings, { alert }: Delivery): Attributes {
  const all = {
    specversion: '1.0',
    id: alert.uuid,
    source: settings.source,
    type: settings.eventType,
    time: alert.time,
    priority: priorityTitle(alert.priority),
    rule: alert.rule,
    eventsource: alert.source,
    hostname: alert.hostname,
    ...settings.extensions,
  };
  return Object.fromEntries(
    Object.entries(all)
      .map(([name, value]) => [name, permitted(value)] as const)
      .filter(([, value]) => value !== ''),
  );
}

/** An attribute has neither control characters nor code points that are no characters. */
function permitted(text: string): string {
  return oneLine(text).replaceAll(/\p{Noncharacter_Code_Point}/gu, '\ufffd');
}

/** @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md */
export function binaryRequest(settings: CloudEventsSettings, delivery: Delivery): AlertRequest {
  const attributes = Object.entries(attributesOf(settings, delivery)).map(
    ([name, value]) => [`ce-${name}`, percentEncoded(value)] as const,
  );
  const headers = mergeHeaders(
    { 'content-type': 'application/json' },
    settings.headers,
    Object.fromEntries(attributes),
  );
  return { url: settings.url, headers };
}

export function structuredRequest(settings: CloudEventsSettings, delivery: Delivery): AlertRequest {
  return {
    url: settings.url,
    headers: mergeHeaders(settings.headers, {
      'content-type': 'application/cloudevents+json; charset=utf-8',
    }),
    body: eventJson(settings, delivery),
  };
}

/** One request for all of them. */
export function batchRequest(
  settings: CloudEventsSettings,
  deliveries: readonly Delivery[],
): AlertRequest {
  return {
    url: settings.url,
    headers: mergeHeaders(settings.headers, {
      'content-type': 'application/cloudevents-batch+json; charset=utf-8',
    }),
    body: `[${deliveries.map((delivery) => eventJson(settings, delivery)).join(',')}]`,
  };
}

/** The alert's own JSON within, so that it keeps every digit. */
function eventJson(settings: CloudEventsSettings, delivery: Delivery): string {
  const attributes = {
    ...attributesOf(settings, delivery),
    datacontenttype: 'application/json',
  };
  return `${JSON.stringify(attributes).slice(0, -1)},"data":${delivery.json}}`;
}

/** Section 3.1.3.2 of the binding: space, `"`, `%` and all that is not printable ASCII, as UTF-8. */
function percentEncoded(text: string): string {
  return text.replaceAll(/[^\x21\x23\x24\x26-\x7e]/gu, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
