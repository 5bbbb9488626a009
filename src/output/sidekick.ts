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

/** `tls` from the keys of an output that has its own: checkcert, mutualtls and files of CA, certificate and key. */
export function ownTls(
  checkCert: unknown,
  mutual: unknown,
  ...files: readonly unknown[]
): Readonly<Record<string, unknown>> {
  const [caFile, certFile, keyFile] = files;
  const own = mutual === true ? { certFile, keyFile } : {};
  const given = Object.entries({ caFile, ...own }).filter(([, file]) => file !== '');
  const verify = checkCert === false ? { verify: false } : {};
  const settings = { ...Object.fromEntries(given), ...verify };
  return Object.keys(settings).length === 0 ? {} : { tls: settings };
}

/** `host:port` from two keys; the port may be empty, and the host an address of IPv6. */
export function hostPort(host: unknown, port: unknown): string {
  const name = String(host);
  const bare = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  return port === '' ? bare : `${bare}:${String(port)}`;
}
