export const charts = {
  asTable: "به‌صورت جدول",
  export: "خروجی",
  png: "تصویر (PNG)",
  svg: "نگاره‌ی برداری (SVG)",
  csv: "اعداد (CSV)",
  parquet: "اعداد (Parquet)",
  exportFailed: "ساختن پرونده ممکن نشد. دوباره تلاش کنید.",
};
