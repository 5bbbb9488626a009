import { priorityTitle } from '../../alert.ts';
import type { Fact } from '../fields.ts';
import { CARD_COLOURS } from '../format.ts';
import type { AlertView, Page } from './mail.ts';

/**
 * The mail as HTML, in the look of Falcosidekick's: tables, and a bar in the colour of the priority.
 * Styles stand in the elements, because mail programs drop others.
 */
export function htmlBody({ heading, alerts, notes }: Page, logoUrl: string | undefined): string {
  const logo =
    logoUrl === undefined ? '' : `<p><img src="${escape(logoUrl)}" alt="" height="47"></p>`;
  const above = heading === '' ? '' : paragraph(heading);
  const body = [logo, above, ...alerts.map(alertHtml), ...notes.map(paragraph)];
  return `<!DOCTYPE html>
<html><head><meta charset="utf-8"></head>
<body style="font-family:arial,helvetica,sans-serif;font-size:13px">
${body.filter((part) => part !== '').join('\n')}
</body></html>
`;
}

function alertHtml({ priority, late, facts, fields }: AlertView): string {
  const bar = barHtml(CARD_COLOURS[priority], priorityTitle(priority));
  const parts = [bar, table(facts), barHtml('#d1d6da', 'Fields'), table(fields)];
  return (late === '' ? '' : `${paragraph(late)}\n`) + parts.join('\n') + '\n<br>';
}

function barHtml(colour: string, title: string): string {
  return `<table width="700" cellpadding="3" cellspacing="0"><tr><td align="center" style="background-color:${colour}"><strong>${title}</strong></td></tr></table>`;
}

function table(facts: readonly Fact[]): string {
  const rows = facts.map(
    ({ title, value }) =>
      `<tr><td width="120" valign="top" style="background-color:#858585;color:#fff"><strong>${escape(title)}</strong></td><td style="background-color:#eef0f2;word-break:break-word">${escape(value)}</td></tr>`,
  );
  return `<table width="700" cellpadding="5" cellspacing="0">\n${rows.join('\n')}\n</table>`;
}

function paragraph(text: string): string {
  return `<p>${escape(text)}</p>`;
}

function escape(text: string): string {
  return text.replaceAll(SPECIAL, (character) => `&#${character.charCodeAt(0)};`);
}

const SPECIAL = /[&<>"']/g;
