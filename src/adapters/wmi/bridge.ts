import { type ChildProcess, spawn } from 'node:child_process';
import { parseJsonWithBigInts } from '../../core/bigint-json.ts';

/**
 * The other end of the bridge, in PowerShell 5 and later. It reads one JSON object a line and writes one a line:
 * `{id, op: "query", namespace, query}` is answered by `{id, rows}`, `{id, op: "subscribe", …}` by `{id, ok: true}` and later,
 * each time, by `{event: id}` or, at its end, by `{failed: id, error}`, `{id, op: "unsubscribe", subscription}` by `{id, ok: true}`, `{id, op: "idle"}` by `{id, ms}`;
 * and what fails by `{id, error}`. It ends with its input.
 */
export const SCRIPT = `
$ErrorActionPreference = 'Stop'
$utf8 = New-Object System.Text.UTF8Encoding $false
[Console]::OutputEncoding = $utf8
$reader = New-Object System.IO.StreamReader ([Console]::OpenStandardInput()), $utf8
function Say($answer) { [Console]::Out.WriteLine((ConvertTo-Json $answer -Compress -Depth 4)); [Console]::Out.Flush() }
function Simple($value) {
  if ($value -is [DateTime]) { return [System.Management.ManagementDateTimeConverter]::ToDmtfDateTime($value) }
  if ($value -is [string] -or $value -is [char]) { return [string]$value }
  if ($value -is [ValueType] -and ($value -is [bool] -or $value.GetType().IsPrimitive)) { return $value }
  return $null
}
function Row($instance) {
  $row = @{}
  foreach ($property in $instance.CimInstanceProperties) { $row[$property.Name.ToLowerInvariant()] = Simple $property.Value }
  return $row
}
function Target($request) {
  $target = @{ Query = $request.query }
  if ($request.namespace) { $target.Namespace = $request.namespace }
  return $target
}
function IdleMs {
  if (-not ('Whenever.Input' -as [type])) {
    Add-Type -TypeDefinition @'
using System; using System.Runtime.InteropServices;
namespace Whenever {
  public static class Input {
    [StructLayout(LayoutKind.Sequential)] struct Info { public uint Size; public uint Time; }
    [DllImport("user32.dll")] static extern bool GetLastInputInfo(ref Info info);
    public static uint Idle() {
      Info info = new Info(); info.Size = (uint)Marshal.SizeOf(typeof(Info));
      if (!GetLastInputInfo(ref info)) throw new Exception("GetLastInputInfo failed");
      return unchecked((uint)Environment.TickCount - info.Time);
    }
  }
}
'@
  }
  return [Whenever.Input]::Idle()
}
$line = $reader.ReadLineAsync()
while ($true) {
  foreach ($notification in @(Get-Event | Where-Object { $_.SourceIdentifier -like 'whenever-*' })) {
    $subscription = [int]$notification.SourceIdentifier.Substring(9)
    $failure = $notification.SourceEventArgs.Exception
    if ($failure) {
      Unregister-Event -SourceIdentifier $notification.SourceIdentifier
      Say @{ failed = $subscription; error = $failure.Message }
    } else { Say @{ event = $subscription } }
    Remove-Event -EventIdentifier $notification.EventIdentifier
  }
  if (-not $line.Wait(50)) { continue }
  if ($null -eq $line.Result) { break }
  $request = ConvertFrom-Json $line.Result
  $line = $reader.ReadLineAsync()
  try {
    switch ($request.op) {
      'query' { $target = Target $request; Say @{ id = $request.id; rows = @(Get-CimInstance @target | ForEach-Object { Row $_ }) } }
      'subscribe' {
        $target = Target $request
        Register-CimIndicationEvent @target -SourceIdentifier ('whenever-' + $request.id) | Out-Null
        Say @{ id = $request.id; ok = $true }
      }
      'unsubscribe' { Unregister-Event -SourceIdentifier ('whenever-' + $request.subscription); Say @{ id = $request.id; ok = $true } }
      'idle' { Say @{ id = $request.id; ms = (IdleMs) } }
      default { Say @{ id = $request.id; error = 'unknown request' } }
    }
  } catch { Say @{ id = $request.id; error = $_.Exception.Message } }
}
`;

/** The program at the other end. */
export interface BridgeProgram {
  readonly program: string;
  readonly args: readonly string[];
}

/** PowerShell with the script of the bridge. */
export const POWERSHELL: BridgeProgram = {
  program: 'powershell.exe',
  args: [
    '-NoLogo',
    '-NoProfile',
    '-NonInteractive',
    '-ExecutionPolicy',
    'Bypass',
    '-EncodedCommand',
    Buffer.from(SCRIPT, 'utf16le').toString('base64'),
  ],
};

/** The reply to one request. */
export type BridgeReply = Readonly<Record<string, unknown>>;

interface Waiting {
  settle(said: BridgeReply | Error): void;
  readonly timer: NodeJS.Timeout;
}

/** What happens to a bridge. */
interface BridgeListener {
  /** A subscription has a notification. */
  notified(subscription: number): void;
  /** A subscription is no longer in force. */
  failed(subscription: number, reason: string): void;
  /** Called once, when the program has ended. */
  ended(reason: string): void;
}

/** One run of the program at the other end: requests and answers, one JSON object a line. */
export class Bridge {
  readonly #child: ChildProcess;
  readonly #listener: BridgeListener;
  readonly #waiting = new Map<number, Waiting>();
  #rest = '';
  #lastId = 0;
  #ended: string | undefined;

  constructor({ program, args }: BridgeProgram, listener: BridgeListener) {
    this.#listener = listener;
    // Without descriptors there are no streams.
    const child: ChildProcess = spawn(program, [...args], { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    this.#child = child;
    child.once('error', (error) => this.#end(`${program} cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => this.#end(`${program} has ended (${signal ?? code})`));
    child.stdin?.on('error', () => {});
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
  }

  /** @throws Error when the reply is one, the program has ended, or does not answer in time. */
  ask(
    request: Readonly<Record<string, unknown>>,
    timeoutMs: number,
  ): { readonly id: number; readonly said: Promise<BridgeReply> } {
    this.#lastId += 1;
    const id = this.#lastId;
    const said = new Promise<BridgeReply>((resolve, reject) => {
      if (this.#ended !== undefined) return reject(new Error(this.#ended));
      const timer = setTimeout(() => {
        // It handles one request after the other: one that hangs delays all.
        this.#end(`no answer within ${timeoutMs / 1000} s`);
      }, timeoutMs);
      const settle = (answer: BridgeReply | Error) => {
        clearTimeout(timer);
        if (answer instanceof Error) reject(answer);
        else if (typeof answer.error === 'string') reject(new Error(answer.error));
        else resolve(answer);
      };
      this.#waiting.set(id, { settle, timer });
      this.#child.stdin?.write(`${JSON.stringify({ id, ...request })}\n`);
    });
    return { id, said };
  }

  close(): void {
    this.#end('closed');
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      let parsed: unknown;
      try {
        parsed = parseJsonWithBigInts(line);
      } catch {
        // Output of other programs is not a reply.
        continue;
      }
      if (typeof parsed !== 'object' || parsed === null) continue;
      const said = parsed as BridgeReply;
      if (typeof said.event === 'bigint') this.#listener.notified(Number(said.event));
      if (typeof said.failed === 'bigint') this.#listener.failed(Number(said.failed), String(said.error));
      const waiting = typeof said.id === 'bigint' ? this.#waiting.get(Number(said.id)) : undefined;
      if (!waiting) continue;
      this.#waiting.delete(Number(said.id));
      waiting.settle(said);
    }
  }

  #end(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#child.kill();
    for (const { settle } of this.#waiting.values()) settle(new Error(reason));
    this.#waiting.clear();
    this.#listener.ended(reason);
  }
}
