import { otlpSidekick } from '../../src/output/otlp/sidekick.ts';

const common = otlpSidekick('traces');

/** Falcosidekick's `otlp.traces.*`. */
export const sidekick = {
  ...common,
  settings: {
    ...common.settings,
    spanDuration: { key: 'otlp.traces.duration', convert: (ms: unknown) => `${Number(ms)}ms` },
  },
  // Whether an alert waits for an answer: here every one does, in its queue.
  ignored: ['otlp.traces.synced'],
};
