import { lowerCaseNames } from '../../src/output/sidekick.ts';

/** Falcosidekick's `cloudevents.*`. Its client takes neither `checkcert` nor `mutualtls`. */
export const sidekick = {
  settings: {
    url: 'cloudevents.address',
    extensions: { key: 'cloudevents.extensions', convert: attributes },
  },
  tls: false,
};

/** Its client writes them so, too. An empty value is no attribute. */
function attributes(extensions: unknown): Record<string, unknown> {
  const entries = Object.entries(lowerCaseNames(extensions));
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}
