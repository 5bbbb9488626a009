import { oneLine } from './format.ts';

/**
 * Text that Markdown shows as it is, on one line: every punctuation mark that could mean something
 * has a backslash before it.
 *
 * @see https://spec.commonmark.org/0.31.2/#backslash-escapes
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text).replaceAll(/[\\`*_{}[\]()#+\-!|<>~&$@:]/g, '\\$&');
}
