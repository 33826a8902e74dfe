export const maps = {
  title: "نقشه‌ها",
};
