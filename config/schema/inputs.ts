import { Type } from 'typebox';
import { closed } from './blocks.ts';
import { falcoGrpc } from './falco-grpc.ts';

export const inputs = Type.Object(
  { falcoGrpc },
  { ...closed, description: 'Where the hub gets alerts by itself.', default: {} },
);
