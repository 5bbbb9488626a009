import { documentOf, refuse } from './document.ts';
import { ALERT_BYTES_MAX } from './limits.ts';
import { type Entry, wayOf } from './runs.ts';
import { readPush, readSeq } from './services.ts';
import { type CallStatus, invalidArgument } from './status.ts';

export interface PushEntry extends Entry {
  /** The bytes that came, which are counted; they are not kept. */
  readonly size: number;
}

export interface Group {
  readonly entries: readonly PushEntry[];
  /** What is wrong with the request after the entries: nothing behind it can be told apart. */
  readonly mistake?: CallStatus;
}

/** Takes requests apart. `lastSeq` is that of the request before them. */
export function readGroup(requests: readonly Buffer[], lastSeq: bigint): Group {
  const entries: PushEntry[] = [];
  let last = lastSeq;
  for (const bytes of requests) {
    const entry = readEntry(bytes);
    if (entry === undefined) return { entries, mistake: UNREADABLE };
    if (BigInt(entry.seq) <= last) return { entries, mistake: SEQ_NOT_ASCENDING };
    last = BigInt(entry.seq);
    entries.push(entry);
  }
  return { entries };
}

const UNREADABLE = invalidArgument(
  'unreadable',
  'a request is no tocsin.ingest.v1.PushRequest; generate the sender from alert-ingest.proto',
);

const SEQ_NOT_ASCENDING = invalidArgument(
  'seq_not_ascending',
  'seq must be greater than 0 and greater than the one before; go on after acked_through',
);

/** Where the alert is too large or broken, its seq can be read still, and it alone is rejected. */
function readEntry(bytes: Buffer): PushEntry | undefined {
  try {
    if (bytes.length > ALERT_BYTES_MAX) {
      return { size: bytes.length, seq: readSeq(bytes), ...wayOf(null), reading: TOO_LARGE };
    }
    const { seq, alert } = readPush(bytes);
    return { size: bytes.length, seq, ...wayOf(alert), reading: documentOf(alert) };
  } catch {
    return brokenEntry(bytes);
  }
}

function brokenEntry(bytes: Buffer): PushEntry | undefined {
  try {
    return { size: bytes.length, seq: readSeq(bytes), ...wayOf(null), reading: BROKEN };
  } catch {
    return undefined;
  }
}

const TOO_LARGE = refuse('TOO_LARGE', 'too_large', 'the alert is larger than 2 MiB');
const BROKEN = refuse('INVALID', 'unreadable', 'the alert is no tocsin.ingest.v1.Alert');
