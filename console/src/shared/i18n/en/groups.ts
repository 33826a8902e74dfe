export const groups = {
  title: "Groups",
  lede: "People described once and used everywhere: as a filter, or to compare.",
  make: "New group",
  edit: "Change",
  use: "Use",
  who: "Who is in it",
  changed: "Changed",
  drop: "Delete {{name}}?",
  dropText: "Nobody is deleted, only the description. Saved links that use it will say so.",
  empty: "No groups yet",
  emptyText:
    "Describe people by who they are and what they did, e.g. bought twice, and never asked for help. Any filter of people can be saved as a group, too.",
};
