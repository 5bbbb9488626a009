/** Log records in what was sent as JSON. */

interface Sent {
  readonly resourceLogs: { scopeLogs: { logRecords: LogRecord[] }[] }[];
}

export interface LogRecord {
  readonly body: { readonly stringValue: string };
  readonly severityNumber: number;
  readonly attributes: { key: string; value: { stringValue?: string } }[];
}

export function recordsIn(documents: readonly unknown[]): LogRecord[] {
  return (documents as Sent[])
    .flatMap(({ resourceLogs }) => resourceLogs)
    .flatMap(({ scopeLogs }) => scopeLogs)
    .flatMap(({ logRecords }) => logRecords);
}
