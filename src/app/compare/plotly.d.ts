/** Types of the used part of plotly.js, because the minified bundle has none. */
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
    /** Draws a figure off screen and downloads it. */
    downloadImage(
      figure: { readonly data: readonly object[]; readonly layout: object },
      options: {
        readonly format: 'svg' | 'png';
        readonly filename: string;
        readonly width: number;
        readonly height: number;
        readonly scale: number;
      },
    ): Promise<string>;
    purge(root: HTMLElement): void;
  }
  const plotly: Plotly;
  export default plotly;
}
