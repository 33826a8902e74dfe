// Runs before the first paint, so that neither direction nor colours jump. A file, not inline: the
// page's content security policy forbids inline scripts.
(() => {
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const root = document.documentElement;
  const preferred = (navigator.language || "fa").startsWith("fa") ? "fa" : "en";
  const language = read("hamsafar.language") || preferred;
  root.lang = language;
  root.dir = language === "fa" ? "rtl" : "ltr";
  const stored = read("hamsafar.scheme");
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const scheme = stored === "light" || stored === "dark" ? stored : dark ? "dark" : "light";
  root.setAttribute("data-mantine-color-scheme", scheme);
})();
