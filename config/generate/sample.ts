import type { OutputDefinition } from '../../src/output/define.ts';
import { indented } from './indent.ts';
import { sampleRecord } from './sample-records.ts';
import { requestedBy, type SampleRequest } from './sample-request.ts';
import { sampleSettings } from './sample-settings.ts';
import { headerOf } from './sample-text.ts';

const LINES_MAX = 80;

/** A section for the README of the output: what it sends for an alert. */
export async function sampleSection(definition: OutputDefinition): Promise<string> {
  const { values, differences } = sampleSettings(definition);
  const record = sampleRecord(definition.id, values);
  if (record !== undefined) {
    return sectionOf(`With the settings above, for one alert:\n\n${blockOf(record)}`);
  }
  const sample = await requestedBy(definition, values);
  if (sample === undefined) throw new Error(`${definition.id}: sample-records.ts has no sample`);
  return sectionOf(requestText(sample, ['the settings above', ...differences.map(coded)]));
}

function sectionOf(text: string): string {
  return `## What is sent\n\n${text}\n\n`;
}

function requestText({ request, said }: SampleRequest, given: readonly string[]): string {
  const { origin, pathname } = new URL(request.url);
  const method = request.method ?? 'POST';
  const parts = [
    `With ${given.join(' and ')}, ${coded(method)} to ${coded(pathname)} of ${coded(origin)}${packedText(said.packed)}:`,
    blockOf(said.text, headerOf(request, 'content-type')),
    ...(said.inside === undefined ? [] : ['What stands there in base64:', blockOf(said.inside)]),
  ];
  return parts.join('\n\n');
}

function packedText(packed: SampleRequest['said']['packed']): string {
  if (packed === undefined) return '';
  return packed === 'gzip' ? ', packed with gzip' : ', a file of Parquet whose row is as JSON';
}

function coded(text: string): string {
  return `\`${text}\``;
}

function blockOf(text: string, contentType = ''): string {
  const lines = indented(text).split('\n');
  const shown = lines.length > LINES_MAX ? [...lines.slice(0, LINES_MAX), '…'] : lines;
  const isJson = contentType.includes('json') || /^[[{]/.test(text);
  return `\`\`\`${isJson ? 'json' : 'text'}\n${shown.join('\n')}\n\`\`\``;
}
