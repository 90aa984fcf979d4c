import ICAL from 'ical.js';

/** An event of a calendar. Instants are wall-clock ms. */
export interface CalendarEvent {
  /** The same for the same event, and for no other. */
  readonly uid: string;
  readonly at: number;
  readonly summary: string;
  readonly description: string;
  readonly status: 'CONFIRMED' | 'TENTATIVE' | 'CANCELLED';
}

const utc = (ms: number): ICAL.Time => ICAL.Time.fromJSDate(new Date(ms), true);

/** Events as the text of an iCalendar file (RFC 5545). @param now when it is made, wall-clock ms */
export const iCalendar = (name: string, events: readonly CalendarEvent[], now: number): string => {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//whenever//whenever next//EN');
  calendar.addPropertyWithValue('x-wr-calname', name);
  for (const { uid, at, summary, description, status } of events) {
    const event = new ICAL.Component('vevent');
    event.addPropertyWithValue('uid', uid);
    event.addPropertyWithValue('dtstamp', utc(now));
    event.addPropertyWithValue('dtstart', utc(at));
    event.addPropertyWithValue('summary', summary);
    event.addPropertyWithValue('description', description);
    event.addPropertyWithValue('status', status);
    // It leaves the time free.
    event.addPropertyWithValue('transp', 'TRANSPARENT');
    calendar.addSubcomponent(event);
  }
  return `${calendar.toString()}\r\n`;
};
