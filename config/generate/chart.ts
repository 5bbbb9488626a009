import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { OutputDefinition } from '../../src/output/define.ts';
import { configSchema } from '../schema.ts';
import { sidekickSections } from '../sidekick/keys.ts';
import { chartEntries, chartSchema, flatValues } from './chart-values.ts';
import { dashboardFiles } from './dashboards.ts';
import { jsonSchema, type SchemaNode } from './json-schema.ts';
import { table } from './table.ts';

const CHART = 'charts/tocsin';

/** What is derived of the Helm chart: path from the top, and text. */
export async function chartFiles(
  definitions: readonly OutputDefinition[],
): Promise<readonly (readonly [path: string, text: string])[]> {
  const entries = chartEntries(await read('values.yaml'));
  const schema = valuesSchema(chartSchema(entries), jsonSchema(definitions));
  const notes = await read('README.gotmpl');
  const rows = flatValues(entries).map(({ key, type, default: normal, description }) => [
    `\`${key}\``,
    type,
    `\`${JSON.stringify(normal).replaceAll('|', '\\|')}\``,
    description,
  ]);
  const values = table(['Value', 'Type', 'Default', 'Meaning'], rows);
  return [
    ...dashboardFiles(),
    [`${CHART}/values.schema.json`, `${JSON.stringify(schema, null, 2)}\n`],
    [`${CHART}/files/native-keys.txt`, `${Object.keys(configSchema.properties).join('\n')}\n`],
    [`${CHART}/README.md`, `${HEADER}\n\n${notes.replace('{{ template "values" . }}', values)}`],
  ];
}

const HEADER =
  '<!-- Written by `npm run generate` from values.yaml and README.gotmpl: edit those. -->';

/** Keys of the falcosidekick chart's `config` that Falcosidekick itself does not have. */
const OF_OLD_CHART = ['existingSecret', 'extraEnv', 'extraArgs', 'outputFieldFormat'];

/**
 * The schema of values.yaml: `config` is the hub's own schema where its keys are the hub's, and
 * else the falcosidekick chart's tree, of which the hub itself says what is wrong.
 */
function valuesSchema(chart: SchemaNode, { $schema, definitions, ...native }: SchemaNode): object {
  const names = Object.keys(configSchema.properties);
  const old = [...sidekickSections, ...OF_OLD_CHART];
  const config = {
    description: chart.properties?.['config']?.description,
    type: 'object',
    if: { propertyNames: { enum: names } },
    // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
    then: native,
    else: { propertyNames: { enum: old } },
  };
  return {
    $schema,
    title: 'Values of the Tocsin chart',
    ...chart,
    properties: { ...chart.properties, config, agent: withConfig(chart.properties?.['agent']) },
    definitions,
  };
}

/** An agent is a hub: its configuration has the same schema. */
function withConfig(agent: SchemaNode | undefined): SchemaNode {
  const { type: _, ...own } = agent?.properties?.['config'] ?? {};
  const config = { ...own, $ref: '#/properties/config/then' };
  return { ...agent, properties: { ...agent?.properties, config } };
}

function read(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../../${CHART}/${name}`, import.meta.url)), 'utf8');
}
