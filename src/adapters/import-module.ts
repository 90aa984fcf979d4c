/**
 * Imports a module of a user. It is a file of its own in `dist/late/`, which is not bundled: everywhere else a late import becomes a
 * `require`, which cannot load each module.
 */
export const importModule = (url: string): Promise<unknown> => import(/* @vite-ignore */ url);
