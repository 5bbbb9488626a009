/** Falcosidekick's `webhook.*`: one alert a request, in its JSON. */
export const sidekick = {
  settings: {
    url: 'webhook.address',
    method: { key: 'webhook.method', convert: putOrPost },
    headers: 'webhook.customheaders',
  },
};

/** Falcosidekick posts by any method it does not know. */
function putOrPost(method: unknown): 'PUT' | 'POST' {
  return String(method).toUpperCase() === 'PUT' ? 'PUT' : 'POST';
}
