export const groups = {
  title: "گروه‌ها",
};
