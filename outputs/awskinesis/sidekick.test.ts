import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

const kinesis = { streamname: 'falco' };

test('what the pod is given goes first, as in Falcosidekick', async () => {
  const { settings, warnings } = await loadSidekick({ aws: { kinesis } });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, { stream: 'falco', preferEnvironment: true, format: 'falco' });
});

test('keys count where it is given nothing, and a role is not assumed', async () => {
  const { settings, warnings } = await loadSidekick({
    aws: {
      kinesis,
      s3: { bucket: 'falco' },
      accesskeyid: 'AKIDPLANTED',
      secretaccesskey: 'planted',
      region: 'eu-west-1',
      rolearn: 'arn:aws:iam::123456789012:role/falco',
    },
  });
  assert.equal(settings?.['accessKeyId'], 'AKIDPLANTED');
  assert.equal(settings?.['region'], 'eu-west-1');
  assert.equal(settings?.['roleArn'], undefined);
  assert.deepEqual(warnings, [
    'counts only where the pod or machine is given no credentials',
    "is not used, as in Falcosidekick: roleArn in the hub's own form assumes a role",
  ]);
});
