import { Document } from 'yaml';
import type { OutputDefinition } from '../../src/output/define.ts';
import type { SchemaNode } from './json-schema.ts';
import { rowsOf, settingsTable } from './table.ts';

/** The README of an output: its definition as text, what it sends, then its `notes.md`. */
export function outputReadme(definition: OutputDefinition, sample: string, notes: string): string {
  const { id, title, summary, example, schema } = definition;
  const rows = rowsOf(schema as unknown as SchemaNode);
  return `<!-- Written by \`npm run generate\` from index.ts and notes.md: edit those. -->

# ${title}

${summary}

\`\`\`yaml
${new Document({ outputs: { [`my-${id}`]: { type: id, ...example } } }).toString({ lineWidth: 0 }).trimEnd()}
\`\`\`

## Settings

${settingsTable(rows)}

Beside these it has [what every output has](../../config/reference.md#outputs): \`minimumPriority\`, \`timeout\`, \`tls\` and others.

${deliveryText(definition)}

${sample}${notes.trimEnd()}
`;
}

function deliveryText(definition: OutputDefinition): string {
  const { batch, concurrency, staleAfterMs, acknowledged = true } = definition;
  const lines = [
    typeof batch === 'function'
      ? 'How many alerts go into one attempt hangs on the settings; `batch` changes it.'
      : batchText(batch),
    concurrency === undefined
      ? ''
      : `Attempts under way at once: ${concurrency}, unless \`concurrency\` says otherwise.`,
    staleAfterMs === undefined || staleAfterMs === 0
      ? ''
      : `Alerts that waited for more than ${staleAfterMs / 60_000} minutes go into one summary (\`staleAfter\`).`,
    acknowledged
      ? ''
      : 'The destination does not answer: an alert counts as handed over, not as received.',
  ];
  return lines.filter((line) => line !== '').join(' ');
}

function batchText({
  alertsMax,
  bytesMax,
  waitMs,
}: {
  alertsMax: number;
  bytesMax?: number;
  waitMs: number;
}): string {
  if (alertsMax === 1) return 'Each alert is an attempt of its own.';
  const size = bytesMax === undefined ? '' : ` and ${sizeText(bytesMax)}`;
  const wait = waitMs === 0 ? 'without waiting for more' : `after ${waitMs} ms at the latest`;
  return `Up to ${alertsMax} alerts${size} go into one attempt, ${wait}.`;
}

function sizeText(bytes: number): string {
  const kib = bytes / 1024;
  if (!Number.isInteger(kib)) return `${bytes / 1000} KB`;
  return kib >= 1024 && kib % 1024 === 0 ? `${kib / 1024} MiB` : `${kib} KiB`;
}
