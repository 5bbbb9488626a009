import type { OutputDefinition } from '../../src/output/define.ts';
import { settings } from '../read/environment.ts';
import { configSchema } from '../schema.ts';
import { outputBase } from '../schema/output.ts';
import type { SchemaNode } from './json-schema.ts';
import { type Row, rowsOf, settingsTable, table } from './table.ts';

/** The reference of the configuration, as Markdown. */
export function reference(definitions: readonly OutputDefinition[]): string {
  const sections = Object.entries(configSchema.properties as unknown as Record<string, SchemaNode>);
  return [
    INTRODUCTION,
    ...sections.map(([name, schema]) => section(name, schema, definitions)),
    variables(),
  ].join('\n\n');
}

const INTRODUCTION = `<!-- Written by \`npm run generate\` from config/schema/: edit that. -->

# Configuration

One YAML file. All mistakes in it are reported at once, with their line; the hub never starts on, or reloads to, a file it does not understand. \`tocsin check\` looks at a file without starting. The file is read again when it changes, when a file it refers to changes, and on SIGHUP.

\`\`\`yaml
# yaml-language-server: $schema=./tocsin.schema.json
queue: { directory: /var/lib/tocsin }
outputs:
  soc:
    type: slack
    webhookUrl: \${file:/run/secrets/slack}
    minimumPriority: warning
\`\`\`

**References.** \`\${env:NAME}\` and \`\${file:/path}\` work in every text, also several in one; \`$\${\` is a literal \`\${\`. What they name must exist. A file has at most 64 KiB, and its last line break is dropped. Relative file names start at the configuration's directory.

**Units.** A *time* is \`250ms\`, \`30s\`, \`5m\`, \`24h\`, \`7d\` or \`0\`. A *size* is \`512KiB\`, \`8MiB\`, \`2GiB\` or a number of bytes. A *secret* appears in no log, metric, answer or error. A key without a value counts as absent.

**Order.** What a variable says wins over the file, and a flag of the command line over both. [Variables](#variables) have the name of the setting.

A configuration of Falcosidekick, as a file or as variables, is taken as it is. \`tocsin migrate\` prints it in this form.`;

function section(
  name: string,
  schema: SchemaNode,
  definitions: readonly OutputDefinition[],
): string {
  const text = [`## ${name}`, schema.description ?? ''];
  if (name === 'outputs') text.push(outputTypes(definitions), outputRows());
  else if (name === 'routes') text.push(settingsTable(rowsOf(schema.items ?? {}, 'routes[].')));
  else if (schema.properties === undefined) text.push(settingsTable([row(name, schema)]));
  else text.push(settingsTable(rowsOf(schema, `${name}.`)));
  return text.filter((part) => part !== '').join('\n\n');
}

function row(name: string, schema: SchemaNode): Row {
  return rowsOf({ properties: { [name]: { ...schema, description: '' } } })[0] as Row;
}

function outputTypes(definitions: readonly OutputDefinition[]): string {
  const rows = definitions.map(({ id, title, category, summary }) => [
    `[\`${id}\`](../outputs/${id}/README.md)`,
    title,
    category,
    summary,
  ]);
  return table(['Type', 'Name', 'Kind', 'What it does'], rows);
}

function outputRows(): string {
  const rows = rowsOf(outputBase as unknown as SchemaNode, 'outputs.<name>.');
  return `What every output has, beside its own settings:\n\n${settingsTable(rows)}`;
}

function variables(): string {
  const rows = settings.map(({ variable, path }) => [`\`${variable}\``, `\`${path.join('.')}\``]);
  return `## Variables

Lists are separated by commas. An empty variable counts as not set. Outputs and routes have none: write \`\${env:NAME}\` in the file.

${table(['Variable', 'Setting'], rows)}
`;
}
