let last = '';
let json = '""';

/** A message as JSON. The last one is kept, because several outputs write the same record. */
export const quoted = (message: string): string => {
  if (message !== last) {
    json = JSON.stringify(message);
    last = message;
  }
  return json;
};
