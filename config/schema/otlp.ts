import { Type } from 'typebox';
import { PRIORITIES } from '../../src/alert.ts';
import { closed } from './blocks.ts';

export const otlp = Type.Object(
  {
    minimumPriority: Type.Enum([...PRIORITIES], {
      description:
        'The least severe log record that is an alert. A record that holds an alert of another format, or names a rule in its attributes, always is one.',
      default: 'warning',
    }),
  },
  { ...closed, description: 'How log records of OpenTelemetry are read.', default: {} },
);
