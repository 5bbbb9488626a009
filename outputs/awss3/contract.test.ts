import { AWS_KEYS } from '../../test/support/aws-request.ts';
import { bucketContract } from '../../test/support/bucket-contract.ts';
import s3 from './index.ts';

bucketContract(s3, (endpoint) => ({ bucket: 'planted-bucket', endpoint, ...AWS_KEYS }));
