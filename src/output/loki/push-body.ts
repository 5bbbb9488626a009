import { goJson } from '../../json.ts';
import { compressSnappy } from '../snappy.ts';
import { writePush } from './protobuf.ts';
import { type Entry, type Stream, streamsOf } from './streams.ts';

/**
 * The body of one push request, as Loki and what speaks its protocol take it, and its content type.
 * Protocol Buffers come compressed, as they must.
 *
 * @see https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
 */
export function pushBody(
  entries: readonly Entry[],
  encoding: 'json' | 'protobuf',
): { readonly body: string | Buffer; readonly contentType: string } {
  const streams = streamsOf(entries);
  return encoding === 'protobuf'
    ? { body: compressSnappy(writePush(streams)), contentType: 'application/x-protobuf' }
    : { body: writeJson(streams), contentType: 'application/json' };
}

function writeJson(streams: readonly Stream[]): string {
  const written = streams.map(({ labels, entries }) => ({
    stream: labels,
    values: entries.map(({ timeNs, line }) => [String(timeNs), line]),
  }));
  return goJson({ streams: written });
}
