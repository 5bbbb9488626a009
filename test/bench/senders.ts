/** By its token a connection over gRPC belongs to one of eight senders. */
export const SENDER_TOKENS: readonly string[] = Array.from(
  { length: 8 },
  (_, at) => `bench-sender-${at}`,
);
