import type { Alert, FieldValue } from '../../src/alert.ts';
import { oneLine, truncate } from '../../src/output/format.ts';

/**
 * Makes text from an alert say only what it says: no mention (`<!channel>`, `<@U…>`), no link with
 * another text than its address, no code block, no second line. Slack reads three characters as
 * markup and wants them as entities; it has no escape for the backtick, which becomes U+02CB. A bare
 * URL is still shown as a link, to the address one reads.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text/#escaping
 */
export function defuse(text: string): string {
  return oneLine(text).replace(SPECIAL, (character) => ENTITIES[character] ?? character);
}

const SPECIAL = /[&<>`]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '`': '\u02cb',
};

/** The same, in `charsMax` UTF-16 units at most and without half an entity at the end. */
export function defuseWithin(text: string, charsMax: number): string {
  const cut = truncate(defuse(text), charsMax);
  return cut.endsWith('…') ? cut.replace(/&[a-z]{0,3}…$/, '…') : cut;
}

/** The alert a message template may see: its own markup counts, the alert's does not. */
export function defuseAlert(alert: Alert): Alert {
  return {
    ...alert,
    rule: defuse(alert.rule),
    source: defuse(alert.source),
    output: defuse(alert.output),
    hostname: defuse(alert.hostname),
    tags: alert.tags.map(defuse),
    fields: Object.fromEntries(
      Object.entries(alert.fields).map(([name, value]) => [name, defuseField(value)]),
    ),
  };
}

function defuseField(value: FieldValue): FieldValue {
  if (typeof value === 'string') return defuse(value);
  return Array.isArray(value) ? (value as readonly string[]).map(defuse) : value;
}
