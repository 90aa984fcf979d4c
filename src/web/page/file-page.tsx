import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Finding } from '../../check/check-text.ts';
import { rowWindow } from '../../renderings/html/page/row-window.ts';
import { ActionButton, useActions } from './actions.tsx';
import { type FileRow, layOut, linesWith, nextLine, type ShownFile } from './file/file-rows.ts';
import { useAnswer, useLive } from './hooks.ts';
import type { PageProps } from './pages.tsx';
import { Badge, Waiting } from './parts.tsx';
import { itemLink, linkTo } from './route.ts';

/** Height of a row, px; as in the style sheet. */
const ROW = 20;

const textOf = (row: FileRow): ComponentChildren =>
  row.type === 'finding'
    ? row.text
    : row.tokens.map(({ type, text }, i) => (
        <span key={`${i}`} class={`toml-${type}`}>
          {text}
        </span>
      ));

/** A file, of which only the rows that are seen are elements. */
const FileView = ({ file, line }: { readonly file: ShownFile; readonly line: number | undefined }) => {
  const box = useRef<HTMLElement>(null);
  const [top, setTop] = useState(0);
  const { first, last } = rowWindow(
    { top, height: box.current?.clientHeight ?? 700, rowHeight: ROW },
    file.rows.length,
  );
  useEffect(() => {
    const row = line === undefined ? undefined : file.rowOfLine[line - 1];
    if (row !== undefined && box.current) box.current.scrollTop = Math.max(0, row - 5) * ROW;
  }, [file, line]);
  return (
    <section
      ref={box}
      class="file-view"
      aria-label={`Text of ${file.path}`}
      tabIndex={0}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      <div class="log-space" style={{ height: `${file.rows.length * ROW}px` }}>
        <div class="log-rows" style={{ top: `${first * ROW}px` }}>
          {file.rows.slice(first, last).map((row, i) => (
            <div
              key={first + i}
              class={row.type === 'finding' ? `file-row finding ${row.finding.level}` : 'file-row'}
              aria-current={row.type === 'line' && row.line + 1 === line ? 'true' : undefined}
            >
              <span class="line-number">{row.type === 'line' ? row.line + 1 : ''}</span>
              <code>{textOf(row)}</code>
              {row.type === 'line' && row.item !== undefined && <a href={itemLink(row.item)}>{row.item}</a>}
            </div>
          ))}
        </div>
      </div>
    </section>
  );
};

const FindingList = ({ findings }: { readonly findings: readonly Finding[] }) =>
  findings.length === 0 ? (
    <p>
      <Badge kind="success">Nothing is wrong.</Badge>
    </p>
  ) : (
    <ul class="findings" aria-label="Findings">
      {findings.map((finding) => (
        <li key={`${finding.file} ${finding.line} ${finding.column} ${finding.id} ${finding.message}`}>
          <Badge kind={finding.level === 'error' ? 'failure' : 'negative'}>{finding.level}</Badge>
          <a href={linkTo(['file'], { path: finding.file, line: finding.line })}>line {finding.line ?? '?'}</a>{' '}
          {finding.item !== undefined && `${finding.item}: `}
          {finding.message} <span class="below">{finding.id}</span>
        </li>
      ))}
    </ul>
  );

/** The files of the configuration, with what is wrong in them. */
export const FilePage = ({ route }: PageProps) => {
  const refused = useLive(({ overview }) => overview?.status?.refused);
  // An action, such as a reload, can have changed what it says.
  const said = useLive((state) => state.said?.text);
  const { answer, error } = useAnswer('file', {}, `${said} ${refused?.since}`);
  const runs = useLive(({ overview }) => overview?.instance.state === 'running');
  const offered = useActions();
  const [text, setText] = useState('');
  const { path = answer?.files[0]?.path, line } = route.query;
  const files = useMemo(
    () => new Map(answer?.files.map((file) => [file.path, layOut(file.path, file.text, answer.findings)])),
    [answer],
  );
  const file = path === undefined ? undefined : files.get(path);
  const wanted = text.trim().toLowerCase();
  const hits = useMemo(() => (file ? linesWith(file.lines, wanted) : []), [file, wanted]);
  const go = (back: boolean): void => {
    const next = nextLine(hits, Number(line ?? 0) - 1, back);
    if (next !== undefined) location.hash = linkTo(['file'], { path, line: next + 1 });
  };
  return (
    <>
      <h1>File</h1>
      {runs && refused && (
        <p class="notice bad">
          What runs is older than the file: it was refused. {refused.problems[0]}{' '}
          {offered && <ActionButton action="reload" label="Reload the file" />}
        </p>
      )}
      {runs && !refused && answer?.newer && (
        <p class="notice">
          The file was changed after the daemon had loaded it: what is shown here does not run yet.{' '}
          {offered && <ActionButton action="reload" label="Reload the file" />}
        </p>
      )}
      {answer === undefined && <Waiting error={error} what="the file" />}
      {answer?.problem !== undefined && <p class="notice bad">{answer.problem}</p>}
      {answer && (
        <section aria-labelledby="findings">
          <h2 id="findings">
            Findings <span class="count">{answer.findings.length}</span>
          </h2>
          <FindingList findings={answer.findings} />
        </section>
      )}
      {answer && answer.files.length > 0 && (
        <section aria-labelledby="text">
          <h2 id="text">Text</h2>
          <form
            class="tools"
            aria-label="The text"
            onSubmit={(event) => {
              event.preventDefault();
              go(false);
            }}
          >
            {answer.files.length > 1 && (
              <label>
                File{' '}
                <select
                  value={path}
                  onChange={({ currentTarget }) => {
                    location.hash = linkTo(['file'], { path: currentTarget.value });
                  }}
                >
                  {answer.files.map((one) => (
                    <option key={one.path}>{one.path}</option>
                  ))}
                </select>
              </label>
            )}
            <label>
              Search{' '}
              <input
                type="search"
                value={text}
                autoComplete="off"
                onInput={({ currentTarget }) => setText(currentTarget.value)}
              />
            </label>
            {wanted !== '' && (
              <>
                <button type="submit">Next</button>
                <button type="button" onClick={() => go(true)}>
                  Before
                </button>
                <span role="status">{hits.length === 1 ? '1 line' : `${hits.length} lines`}</span>
              </>
            )}
          </form>
          {file ? (
            <FileView file={file} line={line === undefined ? undefined : Number(line)} />
          ) : (
            <p class="empty">{path} is not a file of the configuration.</p>
          )}
        </section>
      )}
    </>
  );
};
