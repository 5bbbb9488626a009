/** Falcosidekick's `kafkarest.*`: the same records, without a key. */
export const sidekick = {
  settings: { url: 'kafkarest.address', version: 'kafkarest.version' },
};
