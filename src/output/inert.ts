import { oneLine } from './format.ts';

/**
 * Text that does nothing wherever it turns up: destinations that page pass it on as HTML, Markdown or
 * Slack's markup, and no escape suits them all. So the few characters that begin a tag, a mention, a
 * link with another text than its address, or code are replaced by others that look like them, one
 * for one: a text that was cut to fit still does.
 */
export function inert(text: string): string {
  return oneLine(text)
    .replaceAll(/<(?=[a-z/!?@#])/gi, '‹')
    .replaceAll('](', ']\uff08')
    .replaceAll('`', '\u02cb');
}

/** The same for a map: its names are text, too. */
export function inertTexts(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [inert(name), inert(text)]),
  );
}
