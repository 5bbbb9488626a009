import { priorityTitle } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { attributesOf, fieldTexts, resourceOf } from '../../src/output/otlp/document.ts';
import { epochNs } from '../../src/output/time.ts';
import type { OtlpTracesSettings } from './settings.ts';
import { fnv1a128, traceIdOf } from './trace-id.ts';

const NS_PER_MS = 1_000_000n;

type Settings = Pick<OtlpTracesSettings, 'resource' | 'spanDuration'>;

/** One span for each alert. */
export function tracesOf(settings: Settings, deliveries: readonly Delivery[]): object {
  const spans = deliveries.map((delivery) => spanOf(settings, delivery));
  const scopeSpans = [{ scope: { name: 'falco-event' }, spans }];
  return { resourceSpans: [{ resource: resourceOf(settings), scopeSpans }] };
}

/** Its id is made of the delivery key: a resend is the same span. */
function spanOf({ spanDuration }: Settings, { alert, key }: Delivery): object {
  const startNs = epochNs(alert.time);
  return {
    traceId: traceIdOf(alert) ?? fnv1a128(alert.hostname === '' ? key : alert.hostname),
    spanId: key.slice(0, 16),
    name: alert.rule,
    // SPAN_KIND_SERVER, as Falcosidekick has it.
    kind: 2,
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + BigInt(spanDuration) * NS_PER_MS),
    attributes: attributesOf({
      ...fieldTexts(alert),
      uuid: alert.uuid,
      source: alert.source,
      priority: priorityTitle(alert.priority),
      rule: alert.rule,
      hostname: alert.hostname,
      tags: alert.tags,
    }),
    events: [{ timeUnixNano: String(startNs), name: alert.output }],
  };
}
