/** The part of plotly.js that the plots use; the minified bundle ships without types. */
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
    /** Draws a figure aside and hands it to the browser's downloads. */
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
