/** Falcosidekick's `n8n.*`. */
export const sidekick = {
  settings: {
    url: 'n8n.address',
    username: 'n8n.user',
    password: 'n8n.password',
    headerName: 'n8n.headerauthname',
    headerValue: 'n8n.headerauthvalue',
  },
};
