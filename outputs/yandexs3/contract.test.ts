import { AWS_KEYS } from '../../test/support/aws-request.ts';
import { bucketContract } from '../../test/support/bucket-contract.ts';
import yandexs3 from './index.ts';

bucketContract(
  yandexs3,
  (endpoint) => ({ ...AWS_KEYS, bucket: 'planted-bucket', endpoint, region: 'ru-central1' }),
  'ru-central1',
);
