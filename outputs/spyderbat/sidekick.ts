/** Falcosidekick's `spyderbat.*`: the same source. */
export const sidekick = {
  settings: {
    url: 'spyderbat.apiurl',
    organization: 'spyderbat.orguid',
    apiKey: 'spyderbat.apikey',
    source: 'spyderbat.source',
    sourceDescription: 'spyderbat.sourcedescription',
  },
  tls: false,
};
