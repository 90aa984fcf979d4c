import { readFile } from 'node:fs/promises';

/**
 * For the bundle of the Lua worker. The interpreter takes values off its stack by `delete`, which makes an array slow: they are made
 * undefined, which reads the same. A call costs a third to a half less.
 */
export const emptySlots = {
  name: 'empty-slots',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]fengari[/\\]src[/\\]\w+\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replaceAll(/\bdelete (\w+\.stack\[[^\]]+\])/g, '$1 = undefined') };
    }),
};
