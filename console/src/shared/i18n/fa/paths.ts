export const paths = {
  title: "مسیرها",
};
