import { hash } from 'node:crypto';
import { type Alert, ENDING_AGENT, type Priority, type Provenance } from '../alert.ts';
import { dedupKeyOf } from './dedup-key.ts';
import type { Delivery } from './define.ts';

/**
 * The end of what an alert told. Of all inputs only Alertmanager's tells it: by an alert of its own,
 * with the tag `resolved`.
 */

/** What the setting `dedupKey` says where the end of an alert closes an incident. */
export const CLOSES =
  'By default what Alertmanager tells of one episode of an alert, from its start to its end, has one key.';

/**
 * Whether the alert says that another is over, so that an output closes what that one opened.
 *
 * Whoever writes a rule of Falco, or an alert of another format, also writes its tags: a tag alone
 * must close nothing. Which agent an alert was read as is the hub's own finding. What has
 * Alertmanager's form in a log, a file or a message does not count, for any program may have written
 * it: it came by another input, or ingest gave it no start. Who may post in that form can close what
 * has the same key: by default only what Alertmanager opened, and of that only what has this
 * fingerprint and this start. A key by a template is as good as its fields.
 */
export function isResolved(alert: Alert): boolean {
  return alert.tags.includes('resolved') && episodeKeyOf(alert) !== undefined;
}

/**
 * How loud a push is: an end has the priority of its alert, for it goes wherever that went, but it
 * shall wake nobody.
 */
export function loudnessOf(alert: Alert): Priority {
  return isResolved(alert) ? 'informational' : alert.priority;
}

/**
 * The key of the incident that an alert opens or closes, as `dedupKeyOf` makes it; but where no
 * template says it, an alert and its end share one.
 */
export function incidentKeyOf(
  template: string | undefined,
  { alert, key }: Delivery,
  charsMax: number,
): string | undefined {
  return dedupKeyOf(template, { alert, key: episodeKeyOf(alert) ?? key }, charsMax);
}

/**
 * One for an alert of Alertmanager from its start to its end. The start is in it, for an end that
 * comes late must not close what has begun again since. Letters and digits: it may stand in a path.
 */
function episodeKeyOf({ ingest, fields }: Alert): string | undefined {
  if (endingAgentOf(ingest) === undefined) return undefined;
  const [fingerprint, starts] = [fields['alertmanager.fingerprint'], fields['alertmanager.starts']];
  if (fingerprint === undefined || starts === undefined) return undefined;
  const episode = JSON.stringify([fingerprint, starts]);
  return `alertmanager-${hash('sha256', episode, 'hex').slice(0, 32)}`;
}

/**
 * The agent of an alert that Alertmanager itself posted, to this hub or to one that forwards it:
 * undefined for any other. A hub says it beside the alert, where nothing that is in one can.
 */
export function endingAgentOf({ input, agent, hops }: Provenance): string | undefined {
  const isPosted = input === 'http' || (input === 'grpc' && hops !== undefined);
  return isPosted && agent === ENDING_AGENT ? agent : undefined;
}
