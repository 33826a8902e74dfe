export const charts = {
  asTable: "As a table",
  export: "Export",
  png: "Picture (PNG)",
  svg: "Drawing (SVG)",
  csv: "Numbers (CSV)",
  parquet: "Numbers (Parquet)",
  exportFailed: "The file could not be made. Try again.",
};
