import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onDemand, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

interface ExportedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links: readonly { readonly spanId: string }[];
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

test('a program, a script, the log and the recording have one trace', async () => {
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers }, response) => {
    requests.push(headers);
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const script = `http.get("http://127.0.0.1:${port}/", { tracestate = "own=1" }) log.info(os.getenv("TRACEPARENT"))`;
  const lua = `[[task]]\nname = "Script"\ntype = "lua"\nscript = '''${script}'''\n`;
  const items = `${shellTask('Show', 'echo $TRACEPARENT $TRACESTATE $BAGGAGE')}${lua}${onDemand('Both', ['Show', 'Script'], 'execute_sequence = true')}`;
  const program = place.start(['-L', 'trace', '-J', '--log-ids', '--journal', place.file('all.jsonl')], {
    toml: `${TICK}${items}`,
  });
  await program.record(/BUSY/);
  const env = { TRACEPARENT: PARENT, BAGGAGE: 'user=me' };
  expect((await place.run(['ctl', 'run', 'Both'], { env })).end.code).toBe(0);
  const written = (await place.run(['output', 'Show'])).stdout.trim().split(' ');
  await place.run(['ctl', 'exit']);
  await program.ended;
  server.close();

  const { stdout, stderr } = await place.run(['show', place.file('all.jsonl'), '--as', 'otlp']);
  expect(stderr).toBe('');
  const spans: ExportedSpan[] = stdout
    .trimEnd()
    .split('\n')
    .flatMap((line) => JSON.parse(line).resourceSpans[0].scopeSpans[0].spans);
  const named = (name: string) => spans.find((span) => span.name === name)!;
  const [run, shell, lued] = [named('Both'), named('sh'), named('lua')];
  const parentOf = (span: ExportedSpan) => `00-${span.traceId}-${span.spanId}-01`;

  expect(written).toEqual([parentOf(shell), 'whenever=run-1', 'user=me']);
  expect(requests[0]).toMatchObject({ traceparent: parentOf(lued), tracestate: 'own=1', baggage: 'user=me' });
  expect(program.stdout).toContain(parentOf(lued));
  // The command that began it came from another trace.
  expect(run.links.map(({ spanId }) => spanId)).toEqual(['00f067aa0ba902b7']);
  expect([shell.parentSpanId, lued.parentSpanId]).toEqual([named('Show').spanId, named('Script').spanId]);
  const records = program.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).journal);
  expect(records.find((one: { run: string | null }) => one.run === 'run-1')).toMatchObject({
    ...{ trace_id: run.traceId, span_id: run.spanId },
  });
});
