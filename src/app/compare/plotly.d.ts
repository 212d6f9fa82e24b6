/** The part of plotly.js that the chart uses; the minified bundle ships without types. */
declare module 'plotly.js-cartesian-dist-min' {
  interface Plotly {
    react(
      root: HTMLElement,
      data: readonly object[],
      layout: object,
      config: {
        readonly responsive?: boolean;
        readonly displaylogo?: boolean;
        readonly displayModeBar?: boolean;
      },
    ): Promise<unknown>;
    purge(root: HTMLElement): void;
  }
  const plotly: Plotly;
  export default plotly;
}
