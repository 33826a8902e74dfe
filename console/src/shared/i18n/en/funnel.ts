export const funnel = {
  title: "Funnel",
};
