export const retention = {
  title: "بازگشت",
};
