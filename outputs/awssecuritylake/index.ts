import { openAws } from '../../src/output/aws.ts';
import { sendChunks } from '../../src/output/chunks.ts';
import { type Connection, defineOutput } from '../../src/output/define.ts';
import type { HttpClient } from '../../src/output/http.ts';
import { batchKey } from '../../src/output/object-store.ts';
import { putObject } from '../../src/output/s3.ts';
import { stateful } from '../../src/output/stateful.ts';
import { daysOf, objectKey, rowsOf } from './payload.ts';
import { parquetColumns, SCHEMA } from './schema.ts';
import { mistakesIn, schema, type SecurityLakeSettings } from './settings.ts';

export default defineOutput({
  id: 'awssecuritylake',
  title: 'Amazon Security Lake',
  category: 'storage',
  summary: 'Writes alerts to Amazon Security Lake: findings of OCSF in Parquet.',
  schema,
  example: {
    bucket: 'aws-security-data-lake-eu-central-1-abc123',
    prefix: 'ext/falco',
    accountId: '123456789012',
    region: 'eu-central-1',
  },
  batch: { alertsMax: 1000, bytesMax: 8 * 1024 * 1024, waitMs: 60_000 },
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: mistakesIn,
  open: ({ settings, http }) => openLake(settings, http),
});

async function openLake(settings: SecurityLakeSettings, http: HttpClient): Promise<Connection> {
  const { bucket: name, endpoint, acl } = settings;
  const { parquetWriteBuffer } = await import('./writer.ts');
  const service = openAws(settings, 's3', http);
  const bucket = { service, name, isInPath: endpoint !== undefined };
  return stateful((deliveries, signal) => {
    return sendChunks(daysOf(deliveries), (chunk) => {
      const columnData = parquetColumns(rowsOf(chunk));
      const file = parquetWriteBuffer({ schema: SCHEMA, columnData, createdBy: 'tocsin' });
      const object = {
        key: objectKey(settings, service.region(), chunk[0]?.receivedAtMs ?? 0, batchKey(chunk)),
        body: Buffer.from(file),
        contentType: 'application/vnd.apache.parquet',
      };
      return putObject(bucket, object, { 'x-amz-acl': acl }, signal);
    });
  });
}
