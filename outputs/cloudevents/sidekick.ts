/** Falcosidekick's `cloudevents.*`. Its client takes neither `checkcert` nor `mutualtls`. */
export const sidekick = {
  settings: {
    url: 'cloudevents.address',
    extensions: { key: 'cloudevents.extensions', convert: lowerCaseNames },
  },
  tls: false,
};

/** Its client writes them so, too. An empty value is no attribute. */
function lowerCaseNames(extensions: unknown): Record<string, string> {
  const entries = Object.entries(extensions as Record<string, string>);
  return Object.fromEntries(
    entries.filter(([, value]) => value !== '').map(([name, value]) => [name.toLowerCase(), value]),
  );
}
