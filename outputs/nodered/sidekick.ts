/** Falcosidekick's `nodered.*`. */
export const sidekick = {
  settings: {
    url: 'nodered.address',
    username: 'nodered.user',
    password: 'nodered.password',
    headers: 'nodered.customheaders',
  },
};
