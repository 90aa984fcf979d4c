import { UnreadableSource } from './host.ts';
import { readDefinitions } from './when-definitions.ts';
import { readExport } from './when-export.ts';
import type { WhenItems } from './when-items.ts';

/**
 * The items of a file of When: what `when-command --export` has written, or a file of item definitions.
 * @throws UnreadableSource
 */
export const readWhen = (file: string, source: string): WhenItems => {
  if (source.trimStart().startsWith('{')) return readExport(file, source);
  if (/^\s*\[\[(?:task|condition|event)\]\]/m.test(source))
    throw new UnreadableSource([
      {
        file,
        line: 1,
        column: 1,
        source,
        text: 'expected items of When, found a file of whenever, which needs no conversion',
      },
    ]);
  return readDefinitions(file, source);
};
