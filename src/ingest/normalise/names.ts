import { textOf } from './text.ts';

/** Limits of the names people filter by, in UTF-16 units. */
export const RULE_LENGTH_MAX = 256;
export const SOURCE_LENGTH_MAX = 64;
export const HOSTNAME_LENGTH_MAX = 253;

/** A rule or a source: NUL would end it early elsewhere, outer space would hide in it. */
export function label(value: unknown): string {
  return textOf(value).replaceAll('\0', '').trim();
}

/** Whether there is nothing to mend about a text that holds no NUL. */
export function isLabel(text: string, lengthMax: number): boolean {
  return text !== '' && text.length <= lengthMax && text.trim() === text;
}

// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const CONTROLS = new RegExp(CONTROL, 'g');

export function hasControl(text: string): boolean {
  return CONTROL.test(text);
}

/** Hostnames go into headers and syslog lines, where a line break would start a forged one. */
export function withoutControls(text: string): string {
  return hasControl(text) ? text.replaceAll(CONTROLS, ' ') : text;
}
