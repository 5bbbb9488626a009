import { priorityTitle } from '../../alert.ts';
import type { Fact } from '../fields.ts';
import type { AlertView, Page } from './mail.ts';

/** The mail as plain text; an alert's part is what Falcosidekick makes of it, line for line. */
export function textBody({ heading, alerts, notes }: Page): string {
  const parts = alerts.map(alertText).join(`${'-'.repeat(72)}\n\n`);
  const above = heading === '' ? '' : `${heading}\n\n`;
  return above + parts + notes.map((note) => `${note}\n`).join('');
}

function alertText({ priority, late, facts, fields }: AlertView): string {
  const above = late === '' ? '' : `${late}\n\n`;
  const head = [{ title: 'Priority', value: priorityTitle(priority) }, ...facts];
  return `${above}${lines(head)}\n--Fields--\n${lines(fields)}\n\n`;
}

function lines(facts: readonly Fact[]): string {
  return facts.map(({ title, value }) => `${title}: ${value}\n`).join('');
}
