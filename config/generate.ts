import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { outputs } from '../outputs/index.ts';
import { chartFiles } from './generate/chart.ts';
import { dataFlowFile } from './generate/data-flow.ts';
import { jsonSchema } from './generate/json-schema.ts';
import { outputReadme } from './generate/output-readme.ts';
import { withOutputsTable } from './generate/readme-outputs.ts';
import { reference } from './generate/reference.ts';
import { sampleSection } from './generate/sample.ts';
import { servicesJson } from './generate/services.ts';
import { sidekickReference } from './generate/sidekick-reference.ts';

/** Everything that is derived from the schema and the outputs: path from the top, and text. */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  const definitions = await Promise.all(Object.values(outputs).map((load) => load()));
  const readmes: [string, string][] = [];
  // One after another, for a sample stops the clock.
  for (const definition of definitions) {
    const notes = await readFile(pathOf(`outputs/${definition.id}/notes.md`), 'utf8');
    const sample = await sampleSection(definition);
    readmes.push([`outputs/${definition.id}/README.md`, outputReadme(definition, sample, notes)]);
  }
  const readme = await readFile(pathOf('README.md'), 'utf8');
  return new Map([
    ['README.md', withOutputsTable(readme, definitions)],
    ['config/tocsin.schema.json', `${JSON.stringify(jsonSchema(definitions), null, 2)}\n`],
    ['config/reference.md', reference(definitions)],
    await dataFlowFile(),
    ['src/proto/services.json', servicesJson()],
    ['config/falcosidekick.md', `${await sidekickReference()}\n`],
    ...(await chartFiles(definitions)),
    ...readmes,
  ]);
}

/** Files that are not what `generate` would write now. */
export async function stale(): Promise<readonly string[]> {
  const checks = [...(await generate())].map(async ([path, text]) => {
    const current = await readFile(pathOf(path), 'utf8').catch(() => '');
    return current === text ? [] : [path];
  });
  return (await Promise.all(checks)).flat();
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--check')) {
    const paths = await stale();
    if (paths.length === 0) return;
    process.stderr.write(`not up to date: ${paths.join(', ')}\nrun \`npm run generate\`\n`);
    process.exitCode = 1;
    return;
  }
  for (const [path, text] of await generate()) await writeFile(pathOf(path), text);
}

if (import.meta.main) await main(process.argv.slice(2));
