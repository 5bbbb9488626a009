import type { Alert } from '../alert.ts';
import { alertToJson, contentKey } from '../json.ts';
import type { Duplicates, Verdict } from './duplicates.ts';
import { uuidV5 } from './k8s-audit/uuid-v5.ts';

/** What an alert is compared with. */
export interface Known {
  readonly duplicates: Duplicates;
  /** What is on its way to the disk in the same batch: keys by id. */
  readonly batch: Map<string, string>;
  readonly sender: string;
  readonly nowMs: number;
}

interface Keyed {
  readonly alert: Alert;
  readonly json: string;
  readonly key: string;
  readonly verdict: Verdict;
}

/**
 * Judges an alert under an id that its sender gave it. Another one under a known id gets an id of its
 * own, and says so by a tag; the id is the same each time, so that its resends are recognised, too.
 */
export function judgeNamed(alert: Alert, known: Known): Keyed & { readonly renamed: boolean } {
  const sent = keyedOf(alert, known);
  const renamed = sent.verdict === 'reused';
  const keyed = renamed ? keyedOf(renameReused(alert, sent.key), known) : sent;
  if (keyed.verdict !== 'duplicate') known.batch.set(keyed.alert.uuid, keyed.key);
  return { ...keyed, renamed };
}

function keyedOf(alert: Alert, { duplicates, batch, sender, nowMs }: Known): Keyed {
  const json = alertToJson(alert);
  const key = contentKey(json, alert.receivedAt);
  const earlier = batch.get(alert.uuid);
  if (earlier !== undefined) {
    return { alert, json, key, verdict: earlier === key ? 'duplicate' : 'reused' };
  }
  return { alert, json, key, verdict: duplicates.judge(alert.uuid, key, sender, nowMs) };
}

function renameReused(alert: Alert, key: string): Alert {
  const tags = [...new Set([...alert.tags, 'id_reused'])].sort();
  return { ...alert, uuid: uuidV5([alert.uuid, key]), tags };
}
