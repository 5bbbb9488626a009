import { ENDING_AGENT } from '../../alert.ts';
import type { Admission, ItemResult, Sender } from '../admission.ts';
import type { Reading, Refusal } from './document.ts';
import type { GrpcIngestDeps } from './door.ts';
import type { AlertMessage, Reject, RejectCode } from './services.ts';
import type { CallStatus } from './status.ts';

/** One alert of a request, as far as it could be read. */
export interface Entry extends Way {
  readonly seq: string;
  readonly reading: Reading;
}

/** What a hub that forwards says of an alert's way so far. */
export interface Way {
  readonly hops: number;
  readonly origin: string;
  /** Whether Alertmanager itself posted it to the first hub. */
  readonly isEnding: boolean;
}

/** Of a request that could not be read, too. */
export function wayOf(alert: AlertMessage | null): Way {
  const { hops = 0, origin = '', read_as: readAs } = alert ?? {};
  return { hops, origin, isEnding: readAs === ENDING_AGENT };
}

export type Admitted =
  | { readonly items: readonly ItemResult[] }
  /** Nothing was stored, and this is how the call ends. */
  | { readonly status: CallStatus };

export type Stored = { readonly rejected: readonly Reject[] } | { readonly status: CallStatus };

/**
 * Cuts a list where it changes who sent the alerts first and how far they have come: admission takes
 * one sender at a time. All but hubs that forward have one run.
 */
export function runsOf<Item extends Entry>(entries: readonly Item[]): Item[][] {
  const runs: Item[][] = [];
  let way: string | undefined;
  for (const entry of entries) {
    const entryWay = `${entry.hops} ${entry.isEnding} ${entry.origin}`;
    if (entryWay !== way) runs.push([]);
    way = entryWay;
    runs.at(-1)?.push(entry);
  }
  return runs;
}

/** Admission's word for an alert it would take from a sender that held less of the queue. */
export const NO_ROOM = 'sender_share';

interface Store extends Pick<GrpcIngestDeps, 'onRejected'> {
  readonly sender: Sender;
  admit(...args: Parameters<Admission['admit']>): Promise<Admitted>;
}

/** Stores a run. Resolves when its alerts are on disk, or when it is known that they will not be. */
export async function storeRun(run: readonly Entry[], store: Store): Promise<Stored> {
  const documents = run.flatMap(({ reading }) => ('document' in reading ? [reading.document] : []));
  const sender = onItsWay(store.sender, run[0]);
  const admitted = documents.length === 0 ? { items: [] } : await store.admit(documents, sender);
  if ('status' in admitted) return admitted;
  const items = admitted.items.values();
  const rejected = run.flatMap(({ seq, reading }) => {
    const refusal = 'refusal' in reading ? reading.refusal : refusalIn(items.next().value);
    if (refusal === undefined) return [];
    if (refusal !== DUPLICATE) store.onRejected({ code: refusal.word, alerts: 1, sender });
    return [rejectOf(seq, refusal)];
  });
  return { rejected };
}

function refusalIn(item: ItemResult | undefined): Refusal | undefined {
  if (item?.outcome === 'duplicate') return DUPLICATE;
  if (item?.outcome !== 'rejected') return undefined;
  const code = ITEM_CODES.get(item.code) ?? 'INVALID';
  return { code, word: item.code, text: item.message };
}

const DUPLICATE: Refusal = {
  code: 'DUPLICATE',
  word: 'duplicate',
  text: 'the hub has this alert already',
};

/** What of admission's words is not just INVALID. */
const ITEM_CODES: ReadonlyMap<string, RejectCode> = new Map([
  [NO_ROOM, 'CODE_UNSPECIFIED'],
  ['too_large', 'TOO_LARGE'],
  ['unauthorised_source', 'UNAUTHORISED_SOURCE'],
]);

const MESSAGE_LENGTH_MAX = 300;

function rejectOf(seq: string, { code, word, text }: Refusal): Reject {
  return { seq, code, message: `${word}: ${text}`.slice(0, MESSAGE_LENGTH_MAX).toWellFormed() };
}

const ORIGIN_LENGTH_MAX = 256;

function onItsWay(sender: Sender, way: Way | undefined): Sender {
  if (way === undefined || way.hops === 0) return sender;
  const origin = way.origin.slice(0, ORIGIN_LENGTH_MAX).toWellFormed();
  return {
    ...sender,
    hops: way.hops,
    ...(origin !== '' && { origin }),
    ...(way.isEnding && { readAs: ENDING_AGENT }),
  };
}
