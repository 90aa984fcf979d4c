import { FOUND } from './query-common.ts';
import { writeAll } from './stdio.ts';
import type { Subcommand } from './subcommand.ts';

export const schemaCommand: Subcommand = {
  name: 'schema',
  help: 'print the JSON Schema of the configuration, with which editors complete, explain and check it',
  takes: [],
  options: [],
  more: 'Editors with taplo (Even Better TOML) or Tombi read it when the first line of the file is `#:schema PATH`, a path from the file, an absolute one, or a URL. The package has it as `schema/whenever.schema.json`.',
  exitStatus: 'Status 0: it was printed.',
  page: 'setup',
  examples: ['whenever schema > whenever.schema.json'],
  run: async () => {
    const [{ schemaText }, { registry }] = await Promise.all([
      import('../schema/config-schema.ts'),
      import('../items/registry.ts'),
    ]);
    writeAll(1, schemaText(registry));
    return FOUND;
  },
};
