/** What one sender, and all of them together, may take of the hub over gRPC. */

/** Larger requests end the call: the transport refuses them before anything is read. */
export const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

/** Twice the HTTP door's default, since an alert grows when another hub normalises it. */
export const ALERT_BYTES_MAX = 2 * 1024 * 1024;

/** Depth of nesting an alert may have, as on the HTTP door. */
export const ALERT_DEPTH_MAX = 32;

export const BATCH_ALERTS_MAX = 1000;

/** Records of OpenTelemetry in one request. */
export const LOG_RECORDS_MAX = 10_000;

/** What a stream may have under way before the hub stops reading from it. */
export const WINDOW_ALERTS_MAX = 1024;
export const WINDOW_BYTES_MAX = 8 * 1024 * 1024;

/** What all streams may have under way; beyond it each still has one alert at a time. */
export const WINDOWS_BYTES_MAX = 64 * 1024 * 1024;

/** Alerts stored together: one transaction of the queue. */
export const GROUP_ALERTS_MAX = 256;
export const GROUP_BYTES_MAX = 1024 * 1024;

/** When an acknowledgement waits no longer for more to acknowledge: so many, so long, or so quiet. */
export const ACK_ALERTS_MAX = 256;
export const ACK_DELAY_MS_MAX = 100;
export const ACK_QUIET_MS = 2;

/** How long a stream is kept while the hub refuses its alerts. */
export const REFUSED_MS_MAX = 30_000;

/** Names and values together, as HTTP/2 counts them (RFC 9113, 6.5.2). */
export const METADATA_BYTES_MAX = 16 * 1024;

export const STREAMS_PER_CONNECTION_MAX = 256;
export const KEEPALIVE_MS = 60_000;
export const IDLE_CONNECTION_MS_MAX = 5 * 60_000;
export const HANDSHAKE_MS_MAX = 10_000;

/** Per address, and in all. */
export const CONNECTIONS_MAX = { perSender: 256, total: 4096 } as const;

/** Per sender, and in all: each may hold a request of MESSAGE_BYTES_MAX that has not arrived whole. */
export const PUSH_STREAMS_MAX = { perSender: 64, total: 1024 } as const;
export const BATCHES_MAX = { perSender: 16, total: 64 } as const;
export const HEALTH_WATCHERS_MAX = { perSender: 8, total: 64 } as const;
