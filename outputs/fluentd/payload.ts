import { type Alert, priorityTitle } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { epochNs } from '../../src/output/time.ts';
import { fillTokens } from '../../src/output/tokens.ts';
import { type Packable, packed } from '../../src/output/msgpack/pack.ts';
import type { FluentdSettings } from './settings.ts';

/** Alerts of one tag in a row: one message of the protocol each, and so one acknowledgement. */
export function chunksOf(
  deliveries: readonly Delivery[],
  { tag }: Pick<FluentdSettings, 'tag'>,
): { readonly tag: string; readonly deliveries: readonly Delivery[] }[] {
  const chunks: { tag: string; deliveries: Delivery[] }[] = [];
  for (const delivery of deliveries) {
    const own = fillTokens(tag, delivery.alert);
    const last = chunks.at(-1);
    if (last?.tag === own) last.deliveries.push(delivery);
    else chunks.push({ tag: own, deliveries: [delivery] });
  }
  return chunks;
}

/** Forward mode, which asks for an acknowledgement. */
export function forwardMessage(
  tag: string,
  deliveries: readonly Delivery[],
  chunk: string,
): Buffer {
  const entries = deliveries.map(
    ({ alert }): Packable => [{ timeNs: epochNs(alert.time) }, recordOf(alert)],
  );
  return packed([tag, entries, { size: deliveries.length, chunk }]);
}

/** The members and names of Falcosidekick's JSON. */
export function recordOf(alert: Alert): Packable {
  const { uuid, output, rule, time, source, tags, hostname, fields } = alert;
  return {
    uuid,
    output,
    priority: priorityTitle(alert.priority),
    rule,
    time,
    output_fields: fields,
    source,
    tags,
    ...(hostname !== '' && { hostname }),
  };
}
