import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { SeverityNumber } from '@opentelemetry/api';
import { ChannelCredentials, Client, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { OTLPLogExporter as GrpcExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  type LogRecordExporter,
} from '@opentelemetry/sdk-logs';
import { openDoor as openGrpcDoor } from '../../../test/support/grpc-ingest.ts';
import { openDoor as openHttpDoor } from '../../../test/support/http-ingest.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';
import type { Admission } from '../admission.ts';

/** OpenTelemetry's own exporters send, and alerts arrive. */

type Open = (
  t: TestContext,
  memory: { readonly admitter: Admission },
) => Promise<LogRecordExporter>;

const overHttp =
  (
    Exporter: typeof JsonExporter | typeof ProtobufExporter,
    compression: CompressionAlgorithm,
  ): Open =>
  async (t, { admitter }) => {
    const { port } = await openHttpDoor(t, {}, { admission: admitter });
    return new Exporter({ url: `http://127.0.0.1:${port}/v1/logs`, compression });
  };

const overGrpc =
  (compression: CompressionAlgorithm): Open =>
  async (t, { admitter }) => {
    const auth = { tokens: [{ name: 'sdk', token: 'long-secret' }] };
    const settings = { address: '127.0.0.1:0', auth };
    const { target } = await openGrpcDoor(t, { admission: admitter, settings });
    const metadata = new Metadata();
    metadata.set('authorization', 'Bearer long-secret');
    const credentials = ChannelCredentials.createInsecure();
    return new GrpcExporter({ url: `http://${target}`, credentials, metadata, compression });
  };

test('gRPC: a fault of the hub is what a sender sends again after', async (t) => {
  const admit = () => Promise.reject(new Error('SQLITE_IOERR /var/lib/tocsin'));
  const { target } = await openGrpcDoor(t, { admission: { admit } });
  const client = new Client(target, ChannelCredentials.createInsecure());
  t.after(() => client.close());
  // One record, as severe as 17.
  const logs = Buffer.from('0a06120412021011', 'hex');
  const failed = Promise.withResolvers<ServiceError | null>();
  const path = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
  const asItIs = (bytes: Buffer): Buffer => bytes;
  client.makeUnaryRequest(path, asItIs, asItIs, logs, (error) => failed.resolve(error));
  const { code, details, metadata } = (await failed.promise)!;
  assert.equal(code, status.UNAVAILABLE);
  assert.match(details, /^internal: /);
  assert.doesNotMatch(details, /SQLITE|var/);
  assert.match(String(metadata.get('grpc-status-details-bin')[0]), /google\.rpc\.RetryInfo/);
});

test('gRPC: an event of an agent that is no alert is counted as that', async (t) => {
  const quiet: { agent: string }[] = [];
  const { target } = await openGrpcDoor(t, { onQuiet: (one) => void quiet.push(one) });
  const credentials = ChannelCredentials.createInsecure();
  const exporter = new GrpcExporter({ url: `http://${target}`, credentials });
  const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });
  const body = '{"process_exec":{"process":{}},"node_name":"node-7"}';
  provider.getLogger('tetragon').emit({ body });
  await provider.forceFlush();
  await provider.shutdown();
  assert.deepEqual(
    quiet.map(({ agent }) => agent),
    ['tetragon'],
  );
});

const { GZIP, NONE } = CompressionAlgorithm;
const EXPORTERS: Readonly<Record<string, Open>> = {
  'HTTP, protobuf': overHttp(ProtobufExporter, NONE),
  'HTTP, protobuf, gzip': overHttp(ProtobufExporter, GZIP),
  'HTTP, JSON': overHttp(JsonExporter, NONE),
  'HTTP, JSON, gzip': overHttp(JsonExporter, GZIP),
  gRPC: overGrpc(NONE),
  'gRPC, gzip': overGrpc(GZIP),
};

suite('exporters of OpenTelemetry', () => {
  for (const [name, open] of Object.entries(EXPORTERS)) {
    test(`${name}: every kind of record arrives`, async (t) => {
      const memory = memoryAdmission();
      const exporter = await open(t, memory);
      const provider = new LoggerProvider({
        resource: resourceFromAttributes({ 'host.name': 'node-7', 'k8s.namespace.name': 'shop' }),
        processors: [new BatchLogRecordProcessor({ exporter })],
      });
      const logger = provider.getLogger('payments');
      const timestamp = new Date('2026-08-11T02:00:00.123Z');
      logger.emit({ timestamp, severityNumber: SeverityNumber.ERROR, body: 'disk gone' });
      logger.emit({ timestamp, severityNumber: SeverityNumber.INFO, body: 'all is well' });
      const falco = { rule: 'R', priority: 'Critical', output: 'o', output_fields: { a: 1 } };
      logger.emit({ timestamp, body: JSON.stringify(falco) });
      logger.emit({
        timestamp,
        body: { ...falco, rule: 'S', output_fields: { b: [1, { c: true }] } },
      });
      const attributes = { rule: 'T', count: 7, ratio: 0.25, names: ['a', 'b'] };
      logger.emit({ timestamp, severityText: 'WARN', body: 'attributes', attributes });
      await provider.forceFlush();
      await provider.shutdown();
      const alerts = memory.stored.map(({ json }) => JSON.parse(json));
      const told = alerts.map(({ rule, priority, output }) => [rule, priority, output]);
      assert.deepEqual(told, [
        ['payments', 'Error', 'disk gone'],
        ['R', 'Critical', 'o'],
        ['S', 'Critical', 'o'],
        ['T', 'Warning', 'attributes'],
      ]);
      assert.ok(alerts.every(({ hostname }) => hostname === 'node-7'));
      assert.ok(alerts.every(({ time }) => time === '2026-08-11T02:00:00.123000000Z'));
      assert.equal(alerts[0].output_fields['k8s.ns.name'], 'shop');
      assert.deepEqual(alerts[2].output_fields, { b: '[1,{"c":true}]' });
      const { count, ratio, names } = alerts[3].output_fields;
      assert.deepEqual([count, ratio, names], [7, 0.25, ['a', 'b']]);
    });
  }

  for (const name of ['HTTP, protobuf', 'HTTP, JSON']) {
    test(`${name}: what a fault of the hub has refused comes again`, async (t) => {
      const memory = memoryAdmission();
      let faults = 0;
      const admit: Admission['admit'] = (...given) => {
        if (faults > 0) return memory.admitter.admit(...given);
        faults += 1;
        return Promise.reject(new Error('SQLITE_IOERR /var/lib/tocsin'));
      };
      const exporter = await EXPORTERS[name]!(t, { admitter: { admit } });
      const provider = new LoggerProvider({
        processors: [new BatchLogRecordProcessor({ exporter })],
      });
      provider.getLogger('app').emit({ severityNumber: SeverityNumber.ERROR, body: 'disk gone' });
      await provider.forceFlush();
      await provider.shutdown();
      assert.deepEqual([faults, memory.stored.length], [1, 1]);
    });
  }
});
