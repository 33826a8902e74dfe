export const funnel = {
  title: "قیف",
};
