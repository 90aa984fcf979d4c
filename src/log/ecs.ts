import type { Format, TraceIdsOf } from './format.ts';
import { printedJson } from './one-line.ts';
import type { LogRecord } from './record.ts';
import { subtreesOf } from './subtree.ts';

/** The version of the Elastic Common Schema whose names these are. */
const VERSION = '8.11.0';

/** Without what is empty. */
const filled = (table: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(table).filter(([, value]) => value !== null && value !== undefined));

/** What a record is about, as keywords: values of labels are never numbers. */
const labels = ({ context: { item, itemId }, origin }: LogRecord): object => {
  const found = filled({
    item,
    item_id: itemId === null ? null : String(itemId),
    run: origin?.run,
    cause: origin?.cause,
  });
  return Object.keys(found).length === 0 ? {} : { labels: found };
};

/**
 * Makes records as JSON with the names of the Elastic Common Schema, in the order that loggers of Elastic give them: with dots, because
 * `log.level` and `ecs.version` must be so. @param service the name of the program.
 */
export const ecsFormat =
  (service: string, { pid, trace }: { readonly pid: number; readonly trace?: TraceIdsOf | undefined }): Format =>
  (record) => {
    const { time, level, message, context, mark, seq, details } = record;
    const { source, error } = details ?? {};
    const of = record.origin?.run ?? record.origin?.cause;
    const ids = of === undefined ? undefined : trace?.(of);
    const fields = {
      '@timestamp': new Date(time).toISOString(),
      'log.level': level,
      message,
      'ecs.version': VERSION,
      'service.name': service,
      'event.dataset': service,
      'event.provider': context.emitter,
      'event.action': context.action,
      'event.code': mark,
      ...(seq ? { 'event.sequence': seq } : {}),
      'process.pid': pid,
      'log.logger': subtreesOf(context)[0]!,
      ...(ids ? { 'trace.id': ids.trace_id, 'span.id': ids.span_id } : {}),
      ...(source ? { 'log.origin.file.name': source.file, 'log.origin.file.line': source.line } : {}),
      ...(error ? { 'error.type': error.type, 'error.message': error.message, 'error.stack_trace': error.stack } : {}),
      ...labels(record),
    };
    return `${printedJson(JSON.stringify(fields))}\n`;
  };
