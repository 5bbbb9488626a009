import { oneLine } from '../../src/output/format.ts';

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
