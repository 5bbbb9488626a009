import { bytesField, numberField } from '../../proto/wire.ts';
import { secondsAndNanos } from '../time.ts';
import type { Entry, Stream } from './streams.ts';

/**
 * Loki's `logproto.PushRequest` in Protocol Buffers' wire format
 * (https://github.com/grafana/loki/blob/main/pkg/push/push.proto).
 */
export function writePush(streams: readonly Stream[]): Buffer {
  return Buffer.concat(streams.map((stream) => bytesField(STREAMS, writeStream(stream))));
}

const STREAMS = 1;
const LABELS = 1;
const ENTRIES = 2;
const TIMESTAMP = 1;
const LINE = 2;
const SECONDS = 1;
const NANOS = 2;

function writeStream({ labels, entries }: Stream): Buffer {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return Buffer.concat([
    bytesField(LABELS, Buffer.from(`{${pairs.join(', ')}}`)),
    ...entries.map((entry) => bytesField(ENTRIES, writeEntry(entry))),
  ]);
}

function writeEntry({ timeNs, line }: Entry): Buffer {
  const [seconds, nanos] = secondsAndNanos(timeNs);
  const time = Buffer.concat([numberField(SECONDS, seconds), numberField(NANOS, nanos)]);
  return Buffer.concat([bytesField(TIMESTAMP, time), bytesField(LINE, Buffer.from(line))]);
}
