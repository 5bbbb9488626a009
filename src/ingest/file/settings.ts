/** A section of `inputs.file` in the configuration. */
export interface FileInputSettings {
  /** Absolute; those with `*`, `?`, `[` or `{` are globs. */
  readonly paths: readonly string[];
  readonly format: FileFormat;
  /** Where a file begins to be read that was there before this input ever ran. */
  readonly start: 'beginning' | 'end';
  readonly lineBytesMax: number;
  /** Of alerts that name no host. */
  readonly hostname?: string | undefined;
  /** The cluster whose API server writes the files. */
  readonly cluster?: string | undefined;
}

export const FILE_FORMATS = ['auto', 'falco', 'k8sAudit', 'tetragon', 'tracee', 'auditd'] as const;

/** What the lines are taken as; `auto`: by their shape. */
export type FileFormat = (typeof FILE_FORMATS)[number];
