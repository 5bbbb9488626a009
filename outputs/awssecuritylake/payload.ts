import type { FieldValue } from '../../src/alert.ts';
import { goJson } from '../../src/json.ts';
import type { Delivery } from '../../src/output/define.ts';
import { textOrNumber } from '../../src/output/fields.ts';
import { truncate } from '../../src/output/format.ts';
import { detectionFinding } from '../../src/output/ocsf.ts';
import type { SecurityLakeSettings } from './settings.ts';

/** One finding, as far as the columns have a place for it. */
export type Row = Readonly<Record<string, unknown>>;

const VALUE_CHARS_MAX = 1024;

/**
 * Findings of OCSF. What nests deeper than the columns do, or is different in each alert, stands in
 * `unmapped` as JSON; `raw_data` is the alert itself, every digit kept.
 */
export function rowsOf(deliveries: readonly Delivery[]): Row[] {
  return deliveries.map(({ alert, json }) => {
    const { evidences, resources, unmapped, ...finding } = detectionFinding(alert);
    const { finding_info, ...others } = finding;
    const { attacks, ...info } = finding_info as Record<string, unknown>;
    const rest = { ...(unmapped as object), attacks, evidences, resources };
    const present = Object.entries(rest).filter(([, value]) => value !== undefined);
    return {
      ...others,
      finding_info: info,
      observables: observablesOf(alert.hostname, alert.fields),
      unmapped: goJson(Object.fromEntries(present)),
      raw_data: json,
    };
  });
}

/** As in Falcosidekick: the host, and each field that is text or a number. */
function observablesOf(hostname: string, fields: Readonly<Record<string, FieldValue>>): object[] {
  const host = hostname === '' ? [] : [observable('hostname', hostname, 1, 'Hostname')];
  const others = Object.entries(fields).flatMap(([name, value]) => {
    const text = textOrNumber(value);
    return text === undefined ? [] : [observable(name, text, 99, 'Other')];
  });
  return [...host, ...others];
}

function observable(name: string, value: string, typeId: number, type: string): object {
  return { name, value: truncate(value, VALUE_CHARS_MAX), type_id: typeId, type };
}

/** Runs of deliveries that came in on one day, in UTC: an object lies in the partition of a day. */
export function daysOf(deliveries: readonly Delivery[]): Delivery[][] {
  const days: Delivery[][] = [];
  for (const delivery of deliveries) {
    const day = days.at(-1);
    const [first = delivery] = day ?? [];
    const isSame = dayOf(first.receivedAtMs) === dayOf(delivery.receivedAtMs);
    if (day === undefined || !isSame) days.push([delivery]);
    else day.push(delivery);
  }
  return days;
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10).replaceAll('-', '');
}

/** @see https://docs.aws.amazon.com/security-lake/latest/userguide/custom-sources.html */
export function objectKey(
  { prefix, accountId }: Pick<SecurityLakeSettings, 'prefix' | 'accountId'>,
  region: string,
  timeMs: number,
  key: string,
): string {
  const parts = [
    prefix.replaceAll(/^\/+|\/+$/g, ''),
    `region=${region}`,
    `accountId=${accountId}`,
    `eventDay=${dayOf(timeMs)}`,
    `${key}.parquet`,
  ];
  return parts.join('/');
}
