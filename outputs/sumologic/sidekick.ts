/** Falcosidekick's `sumologic.*`: the same lines, several in one request. */
export const sidekick = {
  settings: {
    url: 'sumologic.receiverurl',
    category: 'sumologic.sourcecategory',
    host: 'sumologic.sourcehost',
    name: 'sumologic.name',
  },
  always: { compress: false },
};
