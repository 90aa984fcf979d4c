import { useEffect, useRef, useState } from 'preact/hooks';
import { want } from './connection.ts';
import { TextBox } from './parts.tsx';

/** Characters that are kept of what a run writes. */
const MOST = 100_000;

/** What an item writes while it runs. It follows until one scrolls up. */
export const LiveOutput = ({ item }: { readonly item: string }) => {
  const [text, setText] = useState('');
  const [ended, setEnded] = useState(false);
  const box = useRef<HTMLElement>(null);
  const follows = useRef(true);
  useEffect(
    () =>
      want({ type: 'output', on: true, item }, (message) => {
        if (message.type === 'output' && message.item === item)
          setText((before) => (before + message.text).slice(-MOST));
        else if (message.type === 'output-end' && message.item === item) setEnded(true);
      }),
    [item],
  );
  useEffect(() => {
    if (follows.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  return (
    <TextBox
      box={box}
      title={`Output of ${item}`}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {text === '' ? <span class="empty">{ended ? 'It wrote nothing.' : 'It has written nothing yet.'}</span> : text}
    </TextBox>
  );
};
