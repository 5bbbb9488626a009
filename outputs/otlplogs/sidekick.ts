import { otlpSidekick } from '../../src/output/otlp/sidekick.ts';

/** Falcosidekick's `otlp.logs.*`: it sends no fields. */
export const sidekick = {
  ...otlpSidekick('logs'),
  // Nothing ever read it.
  ignored: ['otlp.logs.synced'],
  always: { fields: false },
};
