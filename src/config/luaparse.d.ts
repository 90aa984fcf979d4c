/** What is used of luaparse 0.3.1. */
declare module 'luaparse' {
  const luaparse: {
    parse(
      script: string,
      options: {
        readonly luaVersion: '5.1' | '5.2' | '5.3' | 'LuaJIT';
        readonly comments: boolean;
        readonly scope: boolean;
        readonly locations: boolean;
      },
    ): unknown;
  };
  export default luaparse;
}
