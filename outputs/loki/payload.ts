import { goJson } from '../../src/json.ts';
import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine, truncateBytes } from '../../src/output/format.ts';
import { fitted } from '../../src/output/rewrite.ts';
import { compressSnappy } from '../../src/output/snappy.ts';
import type { Labels } from './labels.ts';
import { writePush } from './protobuf.ts';
import type { LokiSettings } from './settings.ts';

export interface Entry {
  readonly timeNs: bigint;
  readonly line: string;
}

export interface Stream {
  readonly labels: Labels;
  readonly entries: readonly Entry[];
}

/** Loki's own limit (`max_line_size`). */
const LINE_BYTES_MAX = 256 * 1024;

/** @param isLate Whether the line stands under another time than the alert's: then it says which. */
export function lineOf(
  delivery: Delivery,
  { format }: Pick<LokiSettings, 'format'>,
  isLate: boolean,
): string {
  if (format !== 'text') {
    return fitted(delivery, LINE_BYTES_MAX, (one) => alertDocument(one, format));
  }
  const { time, output, rule } = delivery.alert;
  const text = oneLine(output).trim() || oneLine(rule);
  return truncateBytes(isLate ? `${time} ${text}` : text, LINE_BYTES_MAX);
}

/** Entries by their stream, in the order in which the streams turn up. */
export function streamsOf(entries: readonly (Entry & { readonly labels: Labels })[]): Stream[] {
  const groups = Map.groupBy(entries, ({ labels }) => JSON.stringify(labels));
  return [...groups.values()].map((group) => ({
    labels: group[0]?.labels ?? {},
    entries: group,
  }));
}

export interface PushBody {
  readonly body: string | Buffer;
  readonly contentType: string;
}

/** @see https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs */
export function pushBody(streams: readonly Stream[], encoding: LokiSettings['encoding']): PushBody {
  if (encoding === 'protobuf') {
    const body = compressSnappy(writePush(streams));
    return { body, contentType: 'application/x-protobuf' };
  }
  const written = streams.map(({ labels, entries }) => ({
    stream: labels,
    values: entries.map(({ timeNs, line }) => [String(timeNs), line]),
  }));
  return { body: goJson({ streams: written }), contentType: 'application/json' };
}
