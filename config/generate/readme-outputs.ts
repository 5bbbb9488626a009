import type { OutputCategory, OutputDefinition } from '../../src/output/define.ts';
import { table } from './table.ts';

/** What stands between these lines of the README is written here. */
const BEGIN = '<!-- outputs: written by `npm run generate` -->';
const END = '<!-- /outputs -->';

const KINDS: Readonly<Record<OutputCategory, string>> = {
  chat: 'chat',
  alerting: 'alerting and on-call',
  logs: 'logs and SIEM',
  queue: 'queues and streams',
  functions: 'functions and workflow',
  storage: 'storage',
  database: 'databases',
  metrics: 'metrics and traces',
  local: 'this machine, other hubs',
};

/** The README with its table of outputs up to date. */
export function withOutputsTable(readme: string, definitions: readonly OutputDefinition[]): string {
  const [before = '', rest = ''] = readme.split(BEGIN);
  const [, after = ''] = rest.split(END);
  const rows = Object.entries(KINDS).flatMap(([category, kind]) => {
    const links = definitions
      .filter((definition) => definition.category === category)
      .map(({ id, title }) => `[${title}](outputs/${id}/README.md)`);
    return links.length === 0 ? [] : [[kind, links.join(', ')]];
  });
  return `${before}${BEGIN}\n\n${table(['for', 'outputs'], rows)}\n\n${END}${after}`;
}
