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
