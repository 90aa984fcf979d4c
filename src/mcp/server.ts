import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { VERSION } from '../version.ts';
import { type LineStreams, LineTransport } from './line-transport.ts';
import { listResources, RESOURCE_TEMPLATES, readResource } from './resources.ts';
import { isControl, type ToolDeps, toolsOf } from './tools.ts';

const INSTRUCTIONS =
  'whenever runs tasks when conditions hold: at times, at intervals, after changes of files and events. "status" shows what failed and what comes next; "explain", "output" and "history" say why and what was printed; "check", "next" and "simulate" look at the file without starting anything.';

/** What the server serves. */
export interface ServerOptions extends ToolDeps {
  /** With the tools that change something. */
  readonly control: boolean;
  /** Writes an error that belongs to no request. */
  report(text: string): void;
}

/** Serves one client. Resolves when it has gone, and what it had asked is ended. */
export const serve = async (options: ServerOptions, streams: LineStreams): Promise<void> => {
  const tools = await toolsOf(options, options.control);
  const server = new Server(
    { name: 'whenever', version: VERSION },
    { capabilities: { tools: {}, resources: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(({ call: _, ...shown }) => shown) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (tool === undefined)
      throw new McpError(
        ErrorCode.InvalidParams,
        isControl(params.name)
          ? `the tool "${params.name}" changes something: it is there when the server is started as "whenever mcp --allow-control"`
          : `unknown tool "${params.name.slice(0, 80)}" (known: ${tools.map(({ name }) => name).join(', ')})`,
      );
    const { content, ...more } = await tool.call(params.arguments ?? {}, signal);
    return { ...more, content: [...content] };
  });
  server.setRequestHandler(ListResourcesRequestSchema, async () => ({
    resources: [...(await listResources(() => options.file()))],
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: RESOURCE_TEMPLATES }));
  server.setRequestHandler(ReadResourceRequestSchema, async ({ params: { uri } }) => {
    const found = await readResource(uri, () => options.file());
    if (found === undefined) throw new McpError(ErrorCode.InvalidParams, `there is no resource ${uri.slice(0, 200)}`);
    return { contents: [{ uri, ...found }] };
  });
  server.onerror = ({ message }) => options.report(message);
  const gone = new Promise<void>((resolve) => {
    server.onclose = resolve;
  });
  await server.connect(new LineTransport(streams));
  await gone;
};
