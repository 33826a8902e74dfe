export const friction = {
  title: "گره‌ها",
};
