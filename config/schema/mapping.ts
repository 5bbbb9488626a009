import { Type } from 'typebox';
import { PRIORITIES } from '../../src/alert.ts';
import { closed } from './blocks.ts';

const text = (description: string) => Type.Optional(Type.String({ description, minLength: 1 }));
const priority = (description: string) => Type.Enum([...PRIORITIES], { description });

const mapping = Type.Object(
  {
    match: text(
      'CEL expression over the document, `event`: whether it is read so. Absent: only what comes by name.',
    ),
    split: text('Path of the list whose elements are the events: `$.Records`.'),
    id: text("The event's id: what comes again with it is recognised."),
    time: text('When it happened. Absent, or no time: when it came.'),
    rule: text("The alert's rule. Absent: the name of the mapping."),
    priority: text('What the priority is found by: a severity or a level.'),
    priorities: Type.Record(Type.String(), priority('Priority for a text in any case.'), {
      description: 'Priorities by text: `HIGH: error`.',
      default: {},
    }),
    levels: Type.Array(
      Type.Object(
        {
          from: Type.Number({ description: 'The least number.' }),
          priority: priority('Its priority.'),
        },
        closed,
      ),
      { description: 'Priorities by number, each from its least on.', default: [], maxItems: 64 },
    ),
    defaultPriority: Type.Enum([...PRIORITIES], {
      description: 'Priority where neither says one.',
      default: 'notice',
    }),
    source: text("The alert's source. Absent: the name of the mapping."),
    hostname: text('The host it is about.'),
    output: text('The line people read. Absent: the event as JSON.'),
    tags: Type.Array(Type.String(), {
      description: 'Tags; a path may give a list.',
      default: [],
      maxItems: 64,
    }),
    fields: Type.Record(Type.String(), Type.String(), {
      description: 'Fields beside those of allFields.',
      default: {},
    }),
    allFields: Type.Boolean({
      description: 'Every member of the event becomes a field under its path, `agent.name`.',
      default: true,
    }),
  },
  closed,
);

export const mappings = Type.Record(Type.String(), mapping, {
  description:
    'How JSON of tools that are not known becomes alerts, by name. A setting that begins with `$` is a path (`$.a.b[0]`), one with `{{` a Go template, any other the text itself. A mapping reads what comes on `/in/<name>` or from the credential of its name, and what its `match` holds for; `src/ingest/mapping/README.md` has examples.',
  default: {},
});
