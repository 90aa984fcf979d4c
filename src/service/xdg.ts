import { markLines, type Setting, throughShell, withLog } from './setting.ts';

/** Words that need no quotes. */
const PLAIN = /^[\w@+=:,./-]+$/;

/** A word of `Exec`: `%` begins a field code; in quotes some characters have a backslash, which is doubled because the value is a string. */
const quote = (word: string): string => {
  const escaped = word.replaceAll('%', '%%');
  return PLAIN.test(word) ? escaped : `"${escaped.replace(/["`$\\]/g, '\\$&').replaceAll('\\', '\\\\')}"`;
};

/** The autostart entry for desktops. */
export const autostartEntry = (setting: Setting): string => {
  const [mark, made] = markLines(setting);
  // Some desktops look for the program before they make one percent sign of two.
  const words = setting.node.includes('%') ? throughShell(withLog(setting)) : withLog(setting);
  return `# ${mark}
# ${made}
[Desktop Entry]
Type=Application
Name=whenever
Comment=Runs tasks by time and events
Exec=${words.map(quote).join(' ')}
Terminal=false
`;
};
