import type { ComponentType } from 'preact';
import { CalendarPage } from './calendar-page.tsx';
import { FilePage } from './file-page.tsx';
import { ItemPage } from './item-page.tsx';
import { LogPage } from './log-page.tsx';
import { MachinesPage } from './machines-page.tsx';
import { MetricsPage } from './metrics-page.tsx';
import { NowPage } from './now-page.tsx';
import type { Route } from './route.ts';
import { StoryPage } from './story-page.tsx';
import { TimelinePage } from './timeline-page.tsx';

/** What each page gets. */
export interface PageProps {
  readonly route: Route;
}

/** One page: its first part of the path, its name, and the key that opens it. */
export interface PageRow {
  readonly path: string;
  readonly title: string;
  /** Absent: it is not in the navigation. */
  readonly key?: string;
  /** Only where the file has a fleet it is in the navigation. */
  readonly fleet?: true;
  readonly Page: ComponentType<PageProps>;
}

/** The pages, in the order of the navigation. */
export const PAGES: readonly PageRow[] = [
  { path: 'now', title: 'Now', key: '1', Page: NowPage },
  { path: 'timeline', title: 'Timeline', key: '2', Page: TimelinePage },
  { path: 'calendar', title: 'Calendar', key: '3', Page: CalendarPage },
  { path: 'log', title: 'Log', key: '4', Page: LogPage },
  { path: 'metrics', title: 'Metrics', key: '5', Page: MetricsPage },
  { path: 'file', title: 'File', key: '6', Page: FilePage },
  { path: 'machines', title: 'Machines', key: '7', fleet: true, Page: MachinesPage },
  { path: 'item', title: 'Item', Page: ItemPage },
  { path: 'story', title: 'Story', Page: StoryPage },
];

/** Other keys, for the help. */
export const KEYS: readonly (readonly [key: string, help: string])[] = [
  ['/', 'go to the filter of the page'],
  ['r', 'run the condition now whose row has the focus'],
  ['?', 'show the keys'],
  ['Esc', 'close what is open'],
];
