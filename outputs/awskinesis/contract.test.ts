import { AWS_KEYS } from '../../test/support/aws-request.ts';
import { streamContract } from '../../test/support/stream-contract.ts';
import kinesis from './index.ts';

streamContract(kinesis, (endpoint) => ({ stream: 'planted-stream', endpoint, ...AWS_KEYS }), {
  stream: 'planted-stream',
  region: AWS_KEYS.region,
});
