import { isPrintable } from './quote.ts';

/** Go's `html`. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"'&<>]/g, (character) => HTML[character] ?? '');
}

const HTML: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

/** Go's `js`: what can stand in a JavaScript string, in either kind of quotes. */
export function escapeJs(text: string): string {
  return text.toWellFormed().replaceAll(JS_SPECIAL, (character) => {
    if ('\\\'"'.includes(character)) {
      return `\\${character}`;
    }
    const code = character.codePointAt(0) ?? 0;
    return code >= 0x80 && isPrintable(character) ? character : `\\u${hex(code, 4)}`;
  });
}

const JS_SPECIAL = /[\\'"<>&=]|[^ -\u007f]/gu;

/** Go's `urlquery`: all but letters, digits and `-_.~` as bytes, a space as `+`. */
export function escapeUrlQuery(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!'()*]/g, (character) => `%${hex(character.charCodeAt(0), 2)}`)
    .replaceAll('%20', '+');
}

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0');
}
