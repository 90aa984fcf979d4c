/** A script or style sheet of the page as one text, with the hash that allows it (scripts/page.mjs makes it). */
declare module '*?bundle' {
  const part: { readonly text: string; readonly hash: string };
  export default part;
}
