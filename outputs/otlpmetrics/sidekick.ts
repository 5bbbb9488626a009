import { otlpSidekick } from '../../src/output/otlp/sidekick.ts';

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
  const named = String(extra).split(',');
  const added = [custom, templated].flatMap((one) => Object.keys(one as object));
  const all = [...named, ...added].map((name) => name.trim()).filter((name) => name !== '');
  return { attributeFields: [...new Set(all)].slice(0, FIELDS_MAX) };
}
