import type { Alert, FieldValue } from '../alert.ts';
import { alertTemplateData, compileTemplate } from '../template/index.ts';
import type { ChatLook } from './chat-settings.ts';
import { truncate } from './format.ts';
import { inert } from './inert.ts';

/** Text of alerts in a chat, where it must only say what it says. */

/** Makes an alert's text harmless for one destination; never makes it shorter than it is on one line. */
export type Defuse = (text: string) => string;

/**
 * Text that in a chat with Markdown mentions nobody, and has no link with another text than its
 * address: `@` becomes `＠`, what would begin a link its wide twin. `*` and `_` still mean what they
 * mean there.
 */
export function quiet(text: string): string {
  return inert(text).replaceAll('@', '\uff20').replaceAll(']:', ']\uff1a');
}

/** The same without addresses to click, for chats that fetch them to show a preview. */
export function quietWithoutLinks(text: string): string {
  return quiet(text).replaceAll('://', '[:]//');
}

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Defused text of `sizeMax` at most, cut before it is defused: no escape is cut in two.
 *
 * @param sizeOf Default: UTF-16 units.
 */
export function defuseWithin(
  defuse: Defuse,
  text: string,
  sizeMax: number,
  sizeOf: (text: string) => number = charsOf,
): string {
  const start = truncate(text, Math.max(1, sizeMax));
  let whole = defuse(start);
  if (sizeOf(whole) <= sizeMax) return whole;
  let low = 1;
  let high = start.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sizeOf(defuse(truncate(text, middle))) <= sizeMax) low = middle;
    else high = middle - 1;
  }
  whole = defuse(truncate(text, low));
  return sizeOf(whole) <= sizeMax ? whole : '';
}

function charsOf(text: string): number {
  return text.length;
}

/** Size of a text in bytes of UTF-8. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

/** Size of a text in bytes of JSON. */
export function jsonBytesOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/** The alert a message template may see: its own markup counts, the alert's does not. */
function defuseAlert(alert: Alert, defuse: Defuse): Alert {
  const defuseField = (value: FieldValue): FieldValue => {
    if (typeof value === 'string') return defuse(value);
    return Array.isArray(value) ? (value as readonly string[]).map(defuse) : value;
  };
  return {
    ...alert,
    rule: defuse(alert.rule),
    source: defuse(alert.source),
    output: defuse(alert.output),
    hostname: defuse(alert.hostname),
    tags: alert.tags.map(defuse),
    fields: Object.fromEntries(
      Object.entries(alert.fields).map(([name, value]) => [defuse(name), defuseField(value)]),
    ),
  };
}

/**
 * The text above an alert; empty where none is configured. A template that fails costs no alert: the
 * reader is told instead.
 */
export function templateText(
  { messageFormat }: Pick<ChatLook, 'messageFormat'>,
  alert: Alert,
  defuse: Defuse,
): string {
  if (messageFormat === undefined || messageFormat === '') return '';
  try {
    const text = compileTemplate(messageFormat).execute(
      alertTemplateData(defuseAlert(alert, defuse)),
    );
    return truncate(text, TEMPLATE_CHARS_MAX);
  } catch (error) {
    return `messageFormat failed: ${(error as Error).message}`;
  }
}

const TEMPLATE_CHARS_MAX = 4000;
const FOOTER_CHARS_MAX = 300;

/** The output line, without one the rule. */
export function outputText({ output, rule }: Alert): string {
  return output.trim() === '' ? rule : output;
}

/** The configured footer and the uuid, as far as they are wanted. */
export function footerText(
  { footer, uuidInFooter }: Pick<ChatLook, 'footer' | 'uuidInFooter'>,
  { uuid }: Alert,
): string {
  const parts = [footer, uuidInFooter ? uuid : ''].filter((part) => part !== '');
  return truncate(parts.join(' · '), FOOTER_CHARS_MAX);
}
