export const impact = {
  title: "اثر",
};
