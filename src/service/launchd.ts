import { startWords } from '../adapters/this-program.ts';
import { markLines, type Setting } from './setting.ts';
import { escapeXml } from './xml.ts';

/** The label of the agent. */
export const LABEL = 'local.whenever';

const string = (text: string): string => `<string>${escapeXml(text)}</string>`;

/** The agent for launchd. It is started again after a crash, and not after a refused file: launchd would try again for ever. */
export const launchdAgent = (setting: Setting): string => {
  const { file, home, log } = setting;
  const [mark, made] = markLines(setting);
  const words = [...startWords(setting), '-L', 'info', file];
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${mark}
${made} -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${string(LABEL)}
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    ${string(word)}`).join('\n')}
  </array>
  <key>WorkingDirectory</key>
  ${string(home)}
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>Crashed</key>
    <true/>
  </dict>
  <key>StandardOutPath</key>
  ${string(log)}
  <key>StandardErrorPath</key>
  ${string(log)}
</dict>
</plist>
`;
};
