import { addedFields, basicAuthFrom, namesIn } from '../../src/output/sidekick.ts';
import { labelName, LABELS_MAX } from './labels.ts';

/** Falcosidekick's `loki.*`: the same streams and lines, in JSON. */
export const sidekick = {
  settings: {
    tenant: 'loki.tenant',
    headers: 'loki.customheaders',
    format: { key: 'loki.format', convert: lineFormat, whenEmpty: 'text' },
  },
  combined: [
    basicAuthFrom('loki.user', 'loki.apikey'),
    { keys: ['loki.hostport', 'loki.endpoint'], settings: urlSettings },
    { keys: ['loki.extralabels', 'customfields', 'templatedfields'], settings: labelSettings },
  ],
};

/** What is not `json` is text. */
function lineFormat(format: unknown): 'falco' | 'text' {
  return format === 'json' ? 'falco' : 'text';
}

function urlSettings(hostPort: unknown, endpoint: unknown): Record<string, unknown> {
  return { url: `${String(hostPort)}${String(endpoint)}` };
}

const ALWAYS = ['rule', 'source', 'priority', 'k8s.ns.name', 'k8s.pod.name', 'hostname', 'tags'];

function labelSettings(
  extra: unknown,
  custom: unknown,
  templated: unknown,
): Record<string, unknown> {
  const labels = [...ALWAYS, ...namesIn(extra), ...addedFields(custom, templated)];
  const names = labels.map(labelName);
  const distinct = labels.filter((_, n) => names.indexOf(names[n] as string) === n);
  return { labels: distinct.slice(0, LABELS_MAX) };
}
