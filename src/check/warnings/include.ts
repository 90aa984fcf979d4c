import type { FileWarnings } from '../checked-file.ts';

/** Patterns in `include` that fit no file: a directory that is missing or empty, or is written wrong. */
export const emptyIncludes: FileWarnings = ({ included, root }, warn) => {
  if (included === undefined) return;
  for (const [index, written] of (root.include as readonly string[]).entries())
    if (included.empty.has(index))
      warn(undefined, 'include-empty', ['include', index], `include: no file fits "${written}"`);
};
