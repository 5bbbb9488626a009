/** A mapping that uses every setting there is, for tests that try to break the reading of one. */
export const EVERY_SETTING = {
  split: '$.list',
  id: '$.id',
  time: '$.time',
  rule: "$['any name']",
  priority: '$.level',
  priorities: { HIGH: 'error' },
  levels: [{ from: 7, priority: 'error' }],
  defaultPriority: 'notice',
  hostname: '$.hosts[0].name',
  output: '{{ .text }} {{ range .hosts }}{{ .name }}{{ end }}',
  tags: ['$.tags[*]', '$.hosts[*].name'],
  fields: { deep: '$.a.b.c[*].d[*]' },
  allFields: true,
} as const;
