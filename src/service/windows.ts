import { markLines, type Setting, withLog } from './setting.ts';
import { escapeXml } from './xml.ts';

/** The name of the task. */
export const TASK_NAME = 'whenever';

/** A word as programs for Windows read their command line: backslashes before a quote are doubled. */
const quote = (word: string): string => {
  const escaped = word.replace(/(\\*)"/g, '$1$1\\"');
  return word !== '' && !/[ \t]/.test(word) ? escaped : `"${escaped.replace(/\\+$/, '$&$&')}"`;
};

/** The task for the Task Scheduler of Windows. It is ASCII without a declared encoding: each way to register a task takes it. */
export const scheduledTask = (setting: Setting): string => {
  const { home, user } = setting;
  const [mark, made] = markLines(setting);
  const [node = '', ...args] = withLog(setting);
  const userId = `<UserId>${escapeXml(user)}</UserId>`;
  return `<?xml version="1.0"?>
<!-- ${mark}
${made} -->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>whenever, tasks by time and events</Description>
    <URI>\\${TASK_NAME}</URI>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      ${userId}
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      ${userId}
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>3</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${escapeXml(node)}</Command>
      <Arguments>${escapeXml(args.map(quote).join(' '))}</Arguments>
      <WorkingDirectory>${escapeXml(home)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`;
};
