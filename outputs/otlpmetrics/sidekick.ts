import { otlpSidekick } from '../../src/output/otlp/sidekick.ts';
import { addedFields, namesIn } from '../../src/output/sidekick.ts';

const common = otlpSidekick('metrics');

/** Falcosidekick's `otlp.metrics.*`. */
export const sidekick = {
  ...common,
  combined: [
    ...common.combined,
    {
      keys: ['otlp.metrics.extraattributes', 'customfields', 'templatedfields'],
      settings: fields,
    },
  ],
};

const FIELDS_MAX = 32;

function fields(extra: unknown, custom: unknown, templated: unknown): Record<string, unknown> {
  const all = [...namesIn(extra), ...addedFields(custom, templated)];
  return { attributeFields: [...new Set(all)].slice(0, FIELDS_MAX) };
}
