import type { NamedToken } from '../auth.ts';
import type { TlsFiles } from '../tls-files.ts';

/** Serving TLS, and what is asked of the senders' certificates. */
export interface ServerTls extends TlsFiles {
  readonly clientAuth: 'require' | 'optional';
  readonly clientNames: readonly string[];
}

/** The section `ingest.http` of the configuration, as far as this door reads it. */
export interface HttpSettings {
  /** `host:port`. */
  readonly address: string;
  readonly tls?: ServerTls | undefined;
  readonly plain?: { readonly address: string; readonly paths: readonly string[] } | undefined;
  readonly auth: {
    readonly tokens: readonly NamedToken[];
    readonly basic: readonly { readonly username: string; readonly password: string }[];
    readonly paths: readonly NamedToken[];
  };
  readonly bodyBytesMax: number;
  readonly batchBytesMax: number;
  readonly batchAlertsMax: number;
  readonly connectionsMax: number;
  readonly connectionsPerSenderMax: number;
  /** Milliseconds. */
  readonly requestTimeout: number;
}
