/** Falcosidekick's `splunk.*`: the event alone, of its own source type. */
export const sidekick = {
  settings: {
    url: 'splunk.host',
    token: 'splunk.token',
    headers: 'splunk.customheaders',
  },
  always: { sourcetype: 'falcosidekick', metadata: 'none' },
};
