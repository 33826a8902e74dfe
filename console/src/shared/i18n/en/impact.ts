export const impact = {
  title: "Impact",
};
