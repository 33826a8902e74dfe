export const paths = {
  title: "Paths",
};
