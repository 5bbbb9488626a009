/** One of `inputs.falcoGrpc`. */
export interface FalcoGrpcSettings {
  /** `unix:///run/falco/falco.sock`, `host:port`, or `dns:///host:port` for all that the name has. */
  readonly targets: readonly string[];
  readonly tls?: FalcoGrpcTls | undefined;
}

/** Paths of PEM files; they are read again for each connection. */
export interface FalcoGrpcTls {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** The name that Falco's certificate has; default: the host of the target. */
  readonly serverName?: string | undefined;
}
