import type { PageProps } from './pages.tsx';

export const CalendarPage = (_: PageProps) => <h1>Calendar</h1>;
