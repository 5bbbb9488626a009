import assert from 'node:assert/strict';
import { type Alert, type FieldValue, isExactNumber, priorityTitle } from '../../src/alert.ts';
import { compileEnrichment } from '../../src/ingest/normalise/enrich.ts';
import { normaliseFalco } from '../../src/ingest/normalise/falco.ts';
import { parseLossless } from '../../src/json.ts';
import { oneLine } from '../../src/output/format.ts';

/** The text of a mail as it must be, and as it is. */

/** The parts of a mail's text, one an alert, without the line above all of them. */
export function partsOf(text: string): string[] {
  return text.split(`${'-'.repeat(72)}\n\n`).map((part) => part.slice(part.indexOf('Priority: ')));
}

/** What a mail without uuids says of an alert as Falco posts it. */
export function partOfLine(line: string): string {
  return partOfAlert(alertOf(line));
}

/** An alert as the hub reads it. */
export function alertOf(line: string): Alert {
  const enrichment = compileEnrichment({
    customFields: {},
    templatedFields: {},
    customTags: [],
    bracketReplacer: '',
    outputFieldFormat: '',
  });
  const provenance = { input: 'http', agent: 'falco' };
  const read = normaliseFalco(parseLossless(line), { nowMs: 0, provenance, enrichment });
  assert.ok(read.ok);
  return read.alert;
}

function partOfAlert(alert: Alert): string {
  const facts = {
    Priority: priorityTitle(alert.priority),
    Output: alert.output,
    Rule: alert.rule,
    Source: alert.source,
    Hostname: alert.hostname,
    Tags: alert.tags.map((tag) => `${tag} `).join(''),
    Time: timeText(alert),
  };
  const fields = Object.entries(alert.fields).map(([name, value]) => [name, fieldText(value)]);
  const lines = (entries: readonly (readonly string[])[]): string =>
    entries.map(([name = '', value = '']) => `${name}: ${oneLine(value)}\n`).join('');
  return `${lines(Object.entries(facts))}\n--Fields--\n${lines(fields as string[][])}\n\n`;
}

/** As Go prints it: no zeros at the end of a fraction. */
function timeText({ time }: Alert): string {
  const [seconds = '', fraction = ''] = time.replace('T', ' ').replace('Z', '').split('.');
  const digits = fraction.replace(/0+$/, '');
  return `${seconds}${digits === '' ? '' : `.${digits}`} +0000 UTC`;
}

/** A value in plain text, each digit of a number kept. */
function fieldText(value: FieldValue): string {
  if (value === null) return '<no value>';
  if (isExactNumber(value)) return value.rawJSON;
  return Array.isArray(value) ? `[${value.join(' ')}]` : String(value);
}
