/** Falcosidekick's `gotify.*`: the same messages. */
export const sidekick = {
  settings: {
    url: 'gotify.hostport',
    token: 'gotify.token',
    format: { key: 'gotify.format', convert: format },
  },
  always: { title: '[Falco] [{{ .Priority }}] {{ .Rule }}', facts: 'falcosidekick' },
};

/** What is neither text nor JSON is Markdown. */
function format(value: unknown): string {
  const name = String(value).toLowerCase();
  if (name === 'text') return 'plaintext';
  return ['plaintext', 'json'].includes(name) ? name : 'markdown';
}
