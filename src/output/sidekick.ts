/**
 * A user and a password from two keys of Falcosidekick's, which wants both and does without where one
 * is missing: an entry of `combined`.
 */
export function basicAuthFrom(userKey: string, passwordKey: string) {
  return {
    keys: [userKey, passwordKey],
    settings: (username: unknown, password: unknown): Record<string, unknown> =>
      username === '' || password === '' ? {} : { username, password },
  };
}
