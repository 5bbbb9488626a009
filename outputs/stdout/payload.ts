import { styleText } from 'node:util';
import { type Priority, priorityTitle } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { escapeTerminal } from '../../src/escape.ts';
import { ndjson } from '../../src/output/format.ts';

/** What one batch writes: each alert is exactly one line, ended. */
export function lines(
  format: 'json' | 'text',
  deliveries: readonly Delivery[],
  coloured: boolean,
): string {
  if (format === 'json') return ndjson(deliveries);
  return deliveries.map((delivery) => `${textLine(delivery, coloured)}\n`).join('');
}

/** `informational`, the longest priority: what follows the priorities lines up. */
const PRIORITY_WIDTH = 13;

function textLine({ alert }: Delivery, coloured: boolean): string {
  const title = priorityTitle(alert.priority).padEnd(PRIORITY_WIDTH);
  // The stream is not asked: whether it can show colour was decided when it was opened.
  const priority = coloured
    ? styleText(STYLES[alert.priority], title, { validateStream: false })
    : title;
  return `${alert.time} ${priority} ${escapeTerminal(alert.rule)}: ${escapeTerminal(alert.output)}`;
}

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<Priority, Style>> = {
  emergency: ['bold', 'red'],
  alert: ['bold', 'red'],
  critical: ['bold', 'red'],
  error: ['red'],
  warning: ['yellow'],
  notice: ['cyan'],
  informational: ['blue'],
  debug: ['dim'],
};
