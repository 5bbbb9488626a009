/** The one helper that makes text safe to print where a person reads it on a terminal. */

/**
 * Control characters, bidirectional controls and line separators: what moves a cursor, recolours a
 * terminal, reverses a file name or starts a forged line.
 */
const HOSTILE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/**
 * Makes text from an alert safe to print on a terminal: every control, bidirectional control and line
 * separator is written as its escape (`\x1b`, `\n`, `\u202e`), so that it is seen and does nothing.
 */
export function escapeTerminal(text: string): string {
  return text.replace(HOSTILE, escapeCharacter);
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  const hex = code.toString(16);
  const long = code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
  return SHORT_ESCAPES[character] ?? long;
}
